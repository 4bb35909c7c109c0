import { expect, test } from 'vitest';
import { diffSummaries, isSame } from '../../src/report/diff.ts';
import { diffText } from '../../src/report/diff-text.ts';
import { type Summary, summarize } from '../../src/report/summary.ts';
import { processorTime } from '../processor-time.ts';
import { efficientNet, resNet } from './sample-graphs.ts';

const b0 = summarize(efficientNet());
const b5 = summarize(efficientNet(1.6, 2.2, 456));

test('two variants: what scaling changed', () => {
  const diff = diffSummaries(b0, b5);
  expect(diffText(diff)).toMatchSnapshot();
  expect(diff.stages.map((s) => s.change)).toEqual(Array(10).fill('changed'));
  const stage = diff.stages[3]!;
  expect(stage.numbers.find((n) => n.name === 'filters')).toEqual({ name: 'filters', from: 40, to: 64, ratio: 1.6 });
  expect(stage.numbers.find((n) => n.name === 'repeats')).toEqual({ name: 'repeats', from: 2, to: 5, ratio: 2.5 });
});

test('a network does not differ from itself', () => {
  const diff = diffSummaries(b0, b0);
  expect(isSame(diff)).toBe(true);
  expect(diffText(diff)).toContain('Nothing differs.');
});

test('other activations are a difference, and have a column then', () => {
  const swap = (fn: string) => (fn === 'silu' ? 'relu6' : fn);
  const stages = b0.stages.map((stage) => ({ ...stage, activations: stage.activations.map(swap) }));
  const diff = diffSummaries(b0, { ...b0, stages });
  expect(isSame(diff)).toBe(false);
  expect(diff.stages.map(({ change }) => change)).toEqual([...Array(9).fill('changed'), 'same']);
  expect(diffText(diff)).toMatch(/silu, sigmoid → relu6, sigmoid/);
  expect(diffText(diffSummaries(b0, b5))).not.toContain('activation ');
});

test('stages that only one side has stand where they belong', () => {
  const diff = diffSummaries(b0, summarize(resNet()));
  expect(diff.stages.map((s) => [s.change, s.id]).slice(6)).toEqual([
    ['removed', 'stages.5'],
    ['removed', 'stages.6'],
    ['added', 'stages.c2'],
    ['added', 'stages.c3'],
    ['added', 'stages.c4'],
    ['added', 'stages.c5'],
    ['changed', 'head'],
    ['changed', 'classifier'],
  ]);
  expect(diffText(diff)).toMatchSnapshot();
});

test('stages in another order are still paired by name, each once', () => {
  const shuffled: Summary = { ...b0, stages: [...b0.stages].reverse() };
  const ids = diffSummaries(b0, shuffled).stages.map((s) => s.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(b0.stages.map((s) => s.id).sort());
});

test('settings that differ are named', () => {
  const point = { d: 1, w: 1, r: 1, convention: 'tf' as const, params: { classes: '1000', act: 'silu' } };
  const other = { ...point, w: 1.1, convention: 'torch' as const, params: { classes: '10' } };
  expect(diffSummaries({ ...b0, point }, { ...b0, point: other }).settings).toEqual([
    { name: 'w', from: 1, to: 1.1 },
    { name: 'convention', from: 'tf', to: 'torch' },
    { name: 'classes', from: '1000', to: '10' },
    { name: 'act', from: 'silu', to: undefined },
  ]);
});

test('networks of ten thousand stages are compared in time that grows with them', () => {
  const seconds = (stages: number) => {
    const summary = (step: number): Summary => {
      const template = summarize(efficientNet());
      const [first] = template.stages;
      const ids = Array.from({ length: stages }, (_, i) => ({ ...first!, id: `s${i * step}`, params: i }));
      return { ...template, stages: ids };
    };
    const [from, to] = [summary(1), summary(2)];
    const start = processorTime();
    diffText(diffSummaries(from, to));
    return (processorTime() - start) / 1000;
  };
  seconds(1000);
  expect(seconds(10_000)).toBeLessThan(10);
});
