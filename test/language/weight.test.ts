import { expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { seededWeights } from '../../src/weights/initialise.ts';
import { build, messages, model } from './build.ts';

const blocks = `
block LayerScale(x, initial: real = 1e-6) {
  gamma = Weight([x.channels, 1, 1], initial)
  return x -> Mul(gamma)
}
block Fuse(a, b) {
  shares = [relu(Weight([1, 1, 1], 1)) for i in 2]
  return Div(Add(Mul(a, shares[0]), Mul(b, shares[1])), Add(shares, 1e-4))
}`;
const tensorsOf = (members: string) => {
  const { graph } = build(model(members, blocks));
  const weights = seededWeights(graph, 1);
  return [...graphTensors(graph)].map(({ tensor }) => [
    tensor.name,
    tensor.shape,
    weights.read(tensor)[0],
    tensor.decays,
  ]);
};

test('a learned tensor is named after what it is assigned to, and begins as it is told', () => {
  expect(tensorsOf('  x: image -> scale: LayerScale -> again: LayerScale(0.1)\n  y: Fuse(x, image)')).toEqual([
    ['x.scale.gamma', [3, 1, 1], Math.fround(1e-6), false],
    ['x.again.gamma', [3, 1, 1], Math.fround(0.1), false],
    ['y.shares.0', [1, 1, 1], 1, false],
    ['y.shares.1', [1, 1, 1], 1, false],
  ]);
});

test('a section is one as well, and takes nothing from before', () => {
  expect(
    tensorsOf(
      '  places: Weight([3, 32, 32], 0)\n  x: image -> Add(places)\n  v = Weight([4], 2)\n  y: Linear(4) -> Add(v)',
    ),
  ).toEqual(
    [
      ['places', [3, 32, 32], 0, false],
      ['v', [4], 2, false],
      ['y.linear.weight', [4, 3072], expect.any(Number), true],
      ['y.linear.bias', [4], 0, true],
    ].map(([name, ...rest]) => [String(name).replace('y.linear', 'y'), ...rest]),
  );
});

test('or with normal numbers, of which all that is stated is the deviation', () => {
  const { graph } = build(model('  places: Weight([3, 32, 32], std: 0.02)\n  x: image -> Add(places)'));
  const [{ tensor } = expect.fail()] = [...graphTensors(graph)];
  const values = seededWeights(graph, 1).read(tensor);
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  expect([tensor.name, tensor.decays, tensor.initial]).toEqual(['places', false, { kind: 'normal', deviation: 0.02 }]);
  expect(deviation).toBeCloseTo(0.02, 3);
});

test('it counts as parameters and reads nothing', () => {
  const { graph } = build(model('  x: image -> scale: LayerScale', blocks));
  expect(graph.nodes.map(({ op, inputs }) => [op.kind, inputs.length])).toEqual([
    ['input', 0],
    ['weight', 0],
    ['mul', 2],
  ]);
});

test.each([
  ['  x: image -> g: Weight([3], 1)', "too-many-tensors: 'Weight' takes 0 tensors; 1 comes from the chain"],
  ['  x: image -> Mul(Weight([3, 1, 1], 1))', "missing-label: 'Weight' owns parameters, so this step needs a label"],
  [
    '  a = Add(Weight([3, 1, 1], 1), Weight([3, 1, 1], 1))\n  x: image -> Mul(a)',
    "duplicate-path: two steps with parameters have the path 'a'",
  ],
  [
    '  g = Weight([3, 1], 1)\n  x: image -> Mul(g)',
    "wrong-type: 'shape' of 'Weight' must be [channels, height, width] or [channels], not a list",
  ],
  [
    '  g = Weight(3, 1)\n  x: image -> Mul(g)',
    "wrong-type: 'shape' of 'Weight' must be a list of numbers, not a number",
  ],
  [
    '  g = Weight([3, 1.5, 1], 1)\n  x: image -> Mul(g)',
    "not-whole: 'shape' of 'Weight' must be a whole number, not 1.5",
  ],
  ['  g = Weight([3, 0, 1], 1)\n  x: image -> Mul(g)', "bad-size: 'shape' of 'Weight' is 0"],
  [
    '  g = Weight([3, 1, 1])\n  x: image -> Mul(g)',
    "one-argument-of: 'Weight' takes either 'initial' or 'std', but neither is given",
  ],
  [
    '  g = Weight([3, 1, 1], 1, std: 1)\n  x: image -> Mul(g)',
    "one-argument-of: 'Weight' takes either 'initial' or 'std', but both are given",
  ],
  [
    '  g = Weight([1, 32, 32], 0)\n  x: image -> Concat(g)',
    "without-input: every tensor of 'Concat' must depend on an input",
  ],
  [
    '  x: image -> conv: Conv(3, 1)\n  g = Weight([1, 32, 32], 0)\n  return x, g',
    "without-input: the output 'g' must depend on an input",
  ],
])('%s is an error', (members, message) => {
  expect(messages(model(members))[0]).toContain(message);
});
