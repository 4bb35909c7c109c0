import { expect, test } from 'vitest';
import { definitionsAt, typeDefinitionsAt } from '../../src/ide/features/definition.ts';
import { highlightsAt, referencesAt } from '../../src/ide/features/references.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';
import { blocks, net, twoFiles } from './two-files.ts';

/** What definitions lead to, as `file: text` of the names; the cursor stands at the end of `at`. */
function leadsTo(at: string, from = net, find: typeof definitionsAt = definitionsAt): string[] {
  const { analysis, offset } = openFixture({ ...twoFiles, 'net.enet': from.replace(at, `${at}▮`) });
  return find(analysis, offset).map(({ selection }) => {
    const text = selection.path.endsWith('net.enet')
      ? analysis.source.text
      : selection.path.startsWith('std/')
        ? stdlib[selection.path]
        : blocks;
    const before = text?.slice(0, selection.start).split('\n').at(-1)?.trimStart();
    return `${selection.path.replace('/space/', '')}: ${before}[${text?.slice(selection.start, selection.end)}]`;
  });
}

test('the fixture is a correct program', () => {
  expect(openFixture(twoFiles).analysis.diagnostics).toEqual([]);
});

test('names lead to their declarations, through imports', () => {
  expect(leadsTo('stem: Twi')).toEqual(['blocks.enet: block [Twice]']);
  expect(leadsTo('import { Twice')).toEqual(['blocks.enet: block [Twice]']);
  expect(leadsTo('./blocks')).toEqual(['blocks.enet: []']);
  expect(leadsTo('kernel: ').map((s) => s)).toEqual([]);
  expect(leadsTo('(8, kern')).toEqual(['blocks.enet: block Twice(x, channels: int, [kernel]']);
  expect(leadsTo('Linear(classes')).toEqual(['net.enet: param [classes]']);
  expect(leadsTo('variants {\n    | name  | unit')).toEqual(['net.enet: param [unit]']);
});

test('a column leads to the parameters of all blocks of its table', () => {
  expect(leadsTo('| repeat | chan')).toEqual([
    'blocks.enet: block Twice(x, [channels]',
    'blocks.enet: block Once(x, [channels]',
  ]);
  expect(leadsTo('| name | block | rep')).toEqual([]);
});

test('words of paths lead to sections, rows and labels', () => {
  expect(leadsTo('tap = sta')).toEqual(['net.enet: [stages]']);
  expect(leadsTo('tap = stages.c2')).toEqual(['net.enet: | [c2]']);
  expect(leadsTo('return trunk.sta')).toEqual(['net.enet: [stages]']);
  expect(leadsTo('return trunk.stages.c')).toEqual(['net.enet: | [c1]']);
  expect(leadsTo('| stem')).toEqual(['net.enet: [stem]']);
  expect(leadsTo('| stem.fir')).toEqual(['blocks.enet: y = x -> [first]']);
  expect(leadsTo('| stages.*.*.on')).toEqual(['blocks.enet: return x -> [only]']);
  expect(leadsTo('| stages.c2.*.sec')).toEqual(['blocks.enet: return y -> [second]']);
  expect(leadsTo('weights N')).toEqual(['net.enet: model [Net]']);
});

test('a variant leads to its row', () => {
  expect(leadsTo('variant: sm')).toEqual(['net.enet: | [small]']);
});

test('what the language gives leads nowhere; library names lead into the library', () => {
  expect(leadsTo('classifier: Lin')).toEqual([]);
  const text = 'import { MBConv } from "std/blocks"\nmodel M { input x: [3, 8, 8]\n  s: MBConv(8) }\n';
  expect(leadsTo('s: MBCo', text)).toEqual(['std/blocks: block [MBConv]']);
});

test('type definitions lead to the blocks that make a thing', () => {
  expect(leadsTo('sta', net, typeDefinitionsAt)).toEqual(['blocks.enet: block [Twice]']);
  expect(leadsTo('param unit', net, typeDefinitionsAt)).toEqual([
    'blocks.enet: block [Twice]',
    'blocks.enet: block [Once]',
  ]);
  expect(leadsTo('param classes', net, typeDefinitionsAt)).toEqual([]);
});

test('references stand in all files of the workspace', () => {
  const { ide, analysis, offset } = openFixture({
    ...twoFiles,
    'blocks.enet': blocks.replace('channels', 'chan▮nels'),
  });
  const found = referencesAt(ide, analysis, offset).map((r) => `${r.path.slice(7)}${r.declaration ? '!' : ''}`);
  expect(found).toEqual(['blocks.enet!', 'blocks.enet', 'blocks.enet', 'net.enet']);
});

test('highlights tell reads from writes', () => {
  const { analysis, offset } = openFixture({ 'blocks.enet': blocks.replace('y = x', '▮y = x') });
  expect(highlightsAt(analysis, offset).map((h) => h.access)).toEqual(['write', 'read']);
  const conv = openFixture({ 'blocks.enet': blocks.replace('Conv', '▮Conv') });
  expect(highlightsAt(conv.analysis, conv.offset)).toHaveLength(3);
});
