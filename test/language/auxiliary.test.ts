import { describe, expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { totalCost } from '../../src/5-graph/cost.ts';
import { removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { applyPasses, emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { trainingTarget } from '../../src/6-emit/tfjs/saved-model/training-target.ts';
import { summarize } from '../../src/report/summary.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { memoryFiles } from '../memory-sink.ts';
import { build, messages, model, paths, problems } from './build.ts';

const text = (auxiliary: string, before = '') =>
  model(
    `  param part: real = 0.3
  stem: Conv(4, 3)
  side: stem -> fc: Linear(10)
  late: stem -> conv: Conv(6, 3)
  classifier: Linear(10)
  return logits: classifier
${auxiliary}`,
    before,
  );

const shown = ({ graph }: ReturnType<typeof build>) =>
  graph.auxiliary.map(({ name, value, weight }) => [name, graph.nodes[value.node]?.path, weight]);

describe('auxiliary outputs', () => {
  test('have a weight, and belong to the network as it trains alone', () => {
    const built = build(text('  auxiliary part: side, late -> GlobalAvgPool -> score: Linear(10)'), {
      set: { part: '0.25' },
    });
    expect(shown(built)).toEqual([
      ['side', 'side.fc', 0.25],
      ['auxiliary', 'score', 0.25],
    ]);
    expect(paths(built.graph)).toEqual(['stem', 'side.fc', 'late.conv', 'classifier', 'score']);
    const evaluated = removeTrainingOps(built.graph);
    expect(paths(evaluated)).toEqual(['stem', 'late.conv', 'classifier']);
    expect(evaluated.auxiliary).toEqual([]);
    expect(evaluated.outputs.map(({ name }) => name)).toEqual(['logits']);
  });

  test('may be stated several times, each with its weight; at weight 0 they are left out', () => {
    expect(shown(build(text('  auxiliary 0.4: side\n  auxiliary 0.1: late')))).toEqual([
      ['side', 'side.fc', 0.4],
      ['late', 'late.conv', 0.1],
    ]);
    const without = build(text('  auxiliary part: side'), { set: { part: '0' } });
    expect([shown(without), paths(without.graph)]).toEqual([[], ['stem', 'late.conv', 'classifier']]);
  });

  test('stand above or below the return; those of an inner model are not those of the outer', () => {
    expect(shown(build(text('').replace('  return', '  auxiliary part: side\n  return')))).toHaveLength(1);
    const inner = text('  auxiliary part: side').replace('model M', 'model Inner');
    const outer = `${inner}\nmodel Outer {\n  input image: [3, 32, 32]\n  net: Inner\n  auxiliary 0.5: net.side\n  return net\n}`;
    const built = build(outer, { model: 'Outer' });
    expect(shown(built)).toEqual([['net.side', 'net.side.fc', 0.5]]);
    expect(shown(build(outer.replace('  auxiliary 0.5: net.side\n', ''), { model: 'Outer' }))).toEqual([]);
  });

  test('what is wrong with them is said', () => {
    const part = '  require part >= 0\n';
    const problemsOf = (auxiliary: string) => problems(text(part + auxiliary));
    expect(messages(text(`${part}  auxiliary -1: side`))).toEqual([
      'auxiliary-weight: the weight of an auxiliary output must be 0 or more, not -1',
    ]);
    expect(problemsOf('  auxiliary relu: side')).toEqual(['wrong-type']);
    expect(problemsOf('  auxiliary 0.3: 12')).toEqual(['wrong-type']);
    expect(problemsOf('  auxiliary 0.3: sidee')).toEqual(['unknown-name']);
    expect(problemsOf('  auxiliary: side')).toEqual(['syntax']);
  });

  test('are printed as they are written', () => {
    const written = 'model M {\n  auxiliary   part*2 :side,late->relu\n}\n';
    expect(format({ name: 'm.enet', text: written }).text).toBe(
      'model M {\n  auxiliary part * 2: side, late -> relu\n}\n',
    );
  });
});

describe('the network outside of training', () => {
  const built = build(text('  auxiliary 0.3: side'));
  const numbers = (units: number, inputs: number) => units * inputs + units;

  test('is what is counted; the summary states both', () => {
    const own = numbers(4, 27) + numbers(6, 36) + numbers(10, 6 * 1024);
    expect(totalCost(built.graph).params).toBe(own);
    const summary = summarize(built.graph, built.point);
    expect(summary.totals).toMatchObject({ params: own, trainingParams: own + numbers(10, 4 * 1024) });
    expect(summary.stages.map(({ id }) => id)).toEqual(['stem', 'late', 'classifier']);
    expect(summaryText(summary)).toContain('61,784 parameters (102,754 in training), ');
    expect(summarize(build(text('')).graph).totals).not.toHaveProperty('trainingParams');
  });

  test('is what a layers model is; a training model has the auxiliary outputs too', () => {
    const written = (target: { readonly purpose?: 'training' | 'inference'; readonly auxiliary?: boolean }) =>
      paths(applyPasses(built.graph, target, {}));
    expect(written(layersTarget)).toEqual(['stem', 'late.conv', 'classifier']);
    expect(written(trainingTarget)).toEqual(['stem', 'side.fc', 'late.conv', 'classifier']);
  });

  test('takes weights with or without those of auxiliary outputs', () => {
    const all = randomWeights(built.graph, 1);
    const tensors = new Map([...all.tensors].filter(([name]) => !name.startsWith('side.')));
    for (const checkpoint of [all, { ...all, tensors } satisfies Checkpoint]) {
      const files = memoryFiles();
      const { diagnostics } = emit(built, onnxTarget, {}, files.open, { checkpoint });
      expect(diagnostics.map((d) => d.message)).toEqual([]);
      expect(Buffer.from(files.bytes()).includes('side.fc')).toBe(false);
    }
  });
});
