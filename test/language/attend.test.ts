import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { build, messages, model, nodeAt, outputs } from './build.ts';

const maps = (members: string) =>
  model(
    `  q: image -> conv: Conv(8, 1)\n  low: image -> AvgPool(4)\n  k: low -> conv: Conv(8, 1)\n  v: low -> conv: Conv(6, 1)\n${members}`,
  );

test('the pixels of the first map and the channels of the third, given in a call, behind an arrow or as a list', () => {
  for (const call of [
    'y = Attend(q, k, v, 2)\n  return y',
    'y: q -> Attend(k, v, heads: 2)\n  return y',
    'y: [q, k, v] -> Attend(2)\n  return y',
    'y: Attend(v: v, q: q, k: k, heads: 2)\n  return y',
  ]) {
    const { graph, diagnostics } = build(maps(`  ${call}`));
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
    expect(outputs(graph)).toEqual(['y [6, 32, 32]']);
    const node = graph.nodes.find(({ op }) => op.kind === 'attend')!;
    expect(node.inputs.map(({ node }) => graph.nodes[node]!.path)).toEqual(['q.conv', 'k.conv', 'v.conv']);
    expect(totalCost(graph, [node]).macs).toBe(32 * 32 * 8 * 8 * (8 + 6));
  }
});

test('three parts of one map attend to each other', () => {
  const { graph } = build(model('  y: Conv(24, 1) -> Split(3) -> Attend(4)'));
  expect(nodeAt(graph, 'y').shapes).toEqual([[24, 32, 32]]);
  expect(graph.nodes.at(-1)!.shapes).toEqual([[8, 32, 32]]);
});

test.each([
  ['y: Attend(q, k, v, 4)', 'channel-split: 6 channels do not divide into 4 equal parts'],
  ['y: Attend(q, v, v)', "shape-mismatch: 'Attend'"],
  ['y: Attend(q, k, q)', "shape-mismatch: 'Attend'"],
  ['y: Attend(q, k)', "missing-tensor: 'Attend' needs the tensor 'v'"],
  ['y: [q, k, v, v] -> Attend', "too-many-tensors: 'Attend' takes 3 tensors"],
  ['f: Flatten\n  y: Attend(q, f, f)', "needs-space: 'Attend' needs a tensor [C, H, W], not [384]"],
])('%s is an error', (members, message) => {
  expect(messages(maps(`  ${members}`))[0]).toContain(message);
});
