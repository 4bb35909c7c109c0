import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { foldBatchNorm } from '../../src/5-graph/passes/for-inference.ts';
import { build, lines, messages, model, problems } from './build.ts';

const blocks = `
block Unit(x, channels: int) {
  return x -> conv: Conv(channels, 3, bias: false) -> bn: BatchNorm -> relu
}

block Tower(x) {
  return x -> share unit: Unit(x.channels) -> share unit: Unit(x.channels)
}

model Inner {
  param width: int = 4
  input x: [3, 8, 8]
  rows: Unit {
    | name | channels |
    | c2   | width    |
  }
  head: GlobalAvgPool -> fc: Linear(2)
}`;
const text = (members: string) => model(members, blocks);
const graphOf = (members: string, options = {}) => build(text(members), { model: 'M', ...options }).graph;
const tensorNames = (members: string) => [...graphTensors(graphOf(members))].map(({ tensor }) => tensor.name);
const unit = ['weight', 'bias', 'running_mean', 'running_var'];

test('all uses of a shared step have one set of parameters, and each its own nodes', () => {
  const members = '  two = [x -> share unit: Unit(8) for x in [image, image -> tanh]]\n  sum: Add(two)';
  expect(lines(graphOf(members)).filter((line) => line.includes('conv'))).toEqual([
    'unit.0.conv conv [8, 32, 32] <- image',
    'unit.0.bn batchNorm [8, 32, 32] <- unit.0.conv',
    'unit.1.conv conv [8, 32, 32] <- tanh',
    'unit.1.bn batchNorm [8, 32, 32] <- unit.1.conv',
  ]);
  expect(tensorNames(members)).toEqual(['unit.conv.weight', ...unit.map((role) => `unit.bn.${role}`)]);
  expect(totalCost(graphOf(members)).params).toBe(8 * 27 + 16);
});

test('norms are told to be separate: each use has its own, under its number', () => {
  const members =
    '  two = [x -> share(norms: separate) unit: Unit(8) for x in [image, image -> tanh]]\n  sum: Add(two)';
  expect(tensorNames(members)).toEqual([
    'unit.conv.weight',
    ...[0, 1].flatMap((use) => unit.map((role) => `unit.${use}.bn.${role}`)),
  ]);
});

test('steps of one label are uses of one step, in a block too, whatever path that has', () => {
  expect(tensorNames('  a: Tower\n  b: image -> deep: Tower')).toEqual(
    ['a', 'b.deep']
      .flatMap((at) => [`${at}.unit.conv.weight`, ...unit.map((role) => `${at}.unit.bn.${role}`)])
      .slice(5),
  );
  expect(tensorNames('  a: Tower\n  b: image -> deep: Tower\n  c: Add(a, b)')).toHaveLength(10);
});

test('shared steps within shared steps', () => {
  const members = '  t = [x -> share tower: Tower for x in [image, image -> tanh]]\n  sum: Add(t)';
  expect(tensorNames(members)).toEqual(['tower.unit.conv.weight', ...unit.map((role) => `tower.unit.bn.${role}`)]);
  expect(
    graphOf(members)
      .nodes.filter(({ op }) => op.kind === 'conv')
      .map(({ path }) => path),
  ).toEqual(['tower.0.unit.0.conv', 'tower.0.unit.1.conv', 'tower.1.unit.0.conv', 'tower.1.unit.1.conv']);
});

test('a shared model: one entry for its weights, its cells set once for all uses', () => {
  const members =
    '  input left: [3, 8, 8]\n  input right: [3, 8, 8]\n  two = [x -> share net: Inner for x in [left, right]]\n  sum: Add(two)';
  expect(graphOf(members).models.map(({ path }) => path)).toEqual(['', 'net']);
  const wider = graphOf(members, { set: { 'net.rows.c2.channels': '6' } });
  expect(wider.nodes.filter(({ op }) => op.kind === 'conv').map(({ shapes }) => shapes[0]?.[0])).toEqual([6, 6]);
});

test('each use is a step of its own for paths', () => {
  const members = '  s: relu -> share unit: Unit(3) -> share unit: Unit(3)\n  t: s.unit.1.conv -> relu';
  expect(lines(graphOf(members)).at(-1)).toBe('t.relu activation [3, 32, 32] <- unit.1.conv');
});

test('uses that cannot share are an error, and so are settings that share does not have', () => {
  expect(messages(text('  s: relu -> share c: Conv(8, 3) -> share c: Conv(8, 3)'), { model: 'M' })).toEqual([
    "shared-step-differs: the uses of 'c' cannot share parameters: one has [8, 3, 3, 3], another [8, 8, 3, 3]",
  ]);
  const strides = '  s = [image -> share c: Conv(8, 3, stride: n) for n in [1, 2]]\n  t: s[0] -> relu';
  expect(problems(text(strides), { model: 'M' })).toEqual(['shared-step-differs']);
  expect(problems(text('  s: relu -> share c: Conv(3, 3) -> c: Conv(3, 3)'), { model: 'M' })).toEqual([
    'duplicate-label',
  ]);
  expect(problems(text('  s: relu -> share Conv(3, 3)'), { model: 'M' })).toContain('shared-without-label');
  expect(problems(text('  s: share Conv(3, 3)'), { model: 'M' })).toContain('shared-without-label');
  expect(problems(text('  s: share(norms: apart) c: Conv(3, 3) -> share c: Conv(3, 3)'), { model: 'M' })).toEqual([
    'share-settings',
  ]);
  expect(problems(text('  s: relu\n  t: share c: s -> share c: Conv(3, 3)'), { model: 'M' })).toEqual(['not-callable']);
});

test('a step that is shared and used once is a mistake', () => {
  const once = ["shared-once: 'share c' is used once, so nothing is shared"];
  expect(messages(text('  s: relu -> share c: Conv(3, 3)'), { model: 'M' })).toEqual(once);
  expect(messages(text('  s: share c: Conv(3, 3)'), { model: 'M' })).toEqual(once);
  expect(problems(blocks.replace(' -> share unit: Unit(x.channels)', ''), { model: 'Inner' })).toEqual(['shared-once']);
  expect(problems(text('  s = [x -> share c: Conv(3, 3) for x in [image]]\n  t: s[0]'), { model: 'M' })).toEqual([]);
});

test('sections of a model share steps, the first of a section among them', () => {
  const members = `  input a: [3, 8, 8]
  input b: [3, 8, 8]
  left: share net: Inner(a)
  right: b -> share net: Inner -> relu
  head: Sub(left, right) -> share last: Linear(2) -> share last: Linear(2)
  return head, left.net.rows.c2, right.net.rows.c2.conv, head.last.0`;
  expect(tensorNames(members)).toEqual([
    'net.rows.c2.conv.weight',
    ...unit.map((role) => `net.rows.c2.bn.${role}`),
    'net.head.fc.weight',
    'net.head.fc.bias',
    'last.weight',
    'last.bias',
  ]);
  const { nodes, outputs } = graphOf(members);
  expect(outputs.map(({ value }) => nodes[value.node]?.path)).toEqual([
    'last.1',
    'net.0.rows.c2.relu',
    'net.1.rows.c2.conv',
    'last.0',
  ]);
  // below the step of an outer model, as everything of the inner one
  const outer = `${text(members)}\nmodel Outer {\n  input a: [3, 8, 8]\n  pair: [a, relu(a)] -> m: M\n}`;
  const { graph } = build(outer, { model: 'Outer' });
  expect([...graphTensors(graph)].map(({ tensor }) => tensor.name)).toContain('pair.m.net.head.fc.weight');
  // one label in a section and in a statement is one step; a step that is not shared keeps its own label
  expect(
    problems(text('  s: share c: Conv(3, 3)\n  t = s -> share c: Conv(3, 3)\n  return t'), { model: 'M' }),
  ).toEqual([]);
  expect(problems(text('  s: share c: Conv(3, 3)\n  t = s -> c: Conv(3, 3)\n  return t'), { model: 'M' })).toContain(
    'duplicate-label',
  );
});

test('norms are folded into a shared convolution where all its uses have the same', () => {
  const norms = (sharing: string) => {
    const members = `  two = [x -> ${sharing} unit: Unit(8) for x in [image, image -> tanh]]\n  sum: Add(two)`;
    return foldBatchNorm(graphOf(members)).nodes.filter(({ op }) => op.kind === 'batchNorm').length;
  };
  expect(norms('share')).toBe(0);
  expect(norms('share(norms: separate)')).toBe(2);
  // what one use gives before its norm is read elsewhere
  const tapped = '  s: relu -> share unit: Unit(3) -> share unit: Unit(3)\n  t: Add(s, s.unit.0.conv)';
  expect(foldBatchNorm(graphOf(tapped)).nodes.filter(({ op }) => op.kind === 'batchNorm')).toHaveLength(2);
});
