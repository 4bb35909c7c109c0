import { describe, expect, it } from 'vitest';
import { graphTensors, type TensorSpec } from '../../src/5-graph/graph.ts';
import { seededWeights } from '../../src/weights/initialise.ts';
import { foldNorms, graphBuilder, window } from '../onnx/graph-builder.ts';

/** A dense, a grouped and a depthwise convolution, a norm, a classifier: about half a million numbers each. */
function network() {
  const g = graphBuilder();
  const x = g.input([64, 8, 8]);
  const dense = g.batchNorm(g.conv(x, 'dense', 900, window(3), { bias: true }), 'norm');
  const grouped = g.conv(dense, 'grouped', 1200, window(1), { groups: 2 });
  const depthwise = g.conv(grouped, 'depthwise', 1200 * 50, window(3), { groups: 1200 });
  const small = g.conv(grouped, 'small', 600, window(1));
  return g.build({ y: g.linear(g.globalPool(small, 'head'), 'classifier', 900), z: depthwise });
}

const graph = network();
const specs = new Map([...graphTensors(graph)].map(({ tensor }) => [tensor.name, tensor]));
const read = (name: string, seed = 0) =>
  seededWeights(graph, seed)
    .read(specs.get(name) as TensorSpec)
    .slice();

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Mean of f over the values. */
const mean = (values: Float32Array, f: (x: number, i: number) => number) =>
  values.reduce((sum, x, i) => sum + f(x, i), 0) / values.length;

/** Five deviations: one in two million for each check, if the numbers are right. */
const z = 5;

describe.each([
  ['dense.weight', 9 * 900],
  ['grouped.weight', 1200 / 2],
  ['depthwise.weight', 9 * 50],
  ['small.weight', 600],
] as const)('%s', (name, fanOut) => {
  const values = read(name);
  const root = Math.sqrt(values.length);
  const unit = values.map((x) => x / Math.sqrt(2 / fanOut));

  it('is normal with variance 2 / fan_out, by its first four moments', () => {
    expect(Math.abs(mean(unit, (x) => x)) * root).toBeLessThan(z);
    expect(Math.abs(mean(unit, (x) => x * x) - 1) * root).toBeLessThan(z * Math.sqrt(2));
    expect(Math.abs(mean(unit, (x) => x ** 3)) * root).toBeLessThan(z * Math.sqrt(15));
    expect(Math.abs(mean(unit, (x) => x ** 4) - 3) * root).toBeLessThan(z * Math.sqrt(96));
  });

  // The ziggurat's layers meet at many places between; its tail begins at 3.44.
  it.each([
    [0.1, 0.920344325445942],
    [0.5, 0.617075077451974],
    [1, 0.317310507862914],
    [2, 0.0455002638963584],
    [3, 0.00269979606326019],
    [3.4426, 0.000576139],
    [4, 6.33424836662398e-5],
  ])('has the right share beyond %f deviations', (bound, share) => {
    const found = mean(unit, (x) => (Math.abs(x) > bound ? 1 : 0));
    expect(Math.abs(found - share) * root).toBeLessThan(z * Math.sqrt(share * (1 - share)) + 1 / root);
  });

  it('has no memory: neighbours are not correlated, nor are their squares', () => {
    for (const lag of [1, 2, 3, 9]) {
      const product = mean(unit.subarray(lag), (x, i) => x * unit[i]!);
      const squares = mean(unit.subarray(lag), (x, i) => (x * x - 1) * (unit[i]! ** 2 - 1));
      expect(Math.abs(product) * root).toBeLessThan(z);
      expect(Math.abs(squares) * root).toBeLessThan(z * 2);
    }
  });
});

it('draws a dense layer uniformly in +-1 / sqrt(units)', () => {
  const unit = read('classifier.weight').map((x) => x * Math.sqrt(900));
  const root = Math.sqrt(unit.length);
  expect(unit.every((x) => x > -1 && x < 1)).toBe(true);
  expect(Math.abs(mean(unit, (x) => x)) * root).toBeLessThan(z * Math.sqrt(1 / 3));
  expect(Math.abs(mean(unit, (x) => x * x) - 1 / 3) * root).toBeLessThan(z * Math.sqrt(4 / 45));
  expect(Math.abs(mean(unit, (x) => (x > 0.5 ? 1 : 0)) - 0.25) * root).toBeLessThan(z * Math.sqrt(3 / 16));
});

it('starts norms as the identity and biases at 0', () => {
  const all = (name: string, value: number) => read(name).every((x) => x === value);
  expect(all('norm.weight', 1) && all('norm.running_var', 1)).toBe(true);
  expect(all('norm.bias', 0) && all('norm.running_mean', 0) && all('dense.bias', 0)).toBe(true);
  expect(all('classifier.bias', 0)).toBe(true);
});

it('gives the same numbers for a seed, whatever is read before and whether norms were folded', () => {
  const folded = seededWeights(foldNorms(graph), 0);
  for (const name of ['small.weight', 'norm.weight', 'dense.weight', 'classifier.weight', 'small.weight']) {
    // Not toEqual, which takes minutes for half a million numbers.
    expect(Buffer.compare(bytesOf(folded.read(specs.get(name) as TensorSpec)), bytesOf(read(name)))).toBe(0);
  }
});

it('gives unrelated numbers for another seed, and for another tensor', () => {
  const a = read('dense.weight');
  for (const seed of [1, 2, 2 ** 31, 2 ** 32, -1]) {
    const b = read('dense.weight', seed);
    const correlation = mean(a, (x, i) => x * b[i]!) * ((9 * 900) / 2);
    expect(Math.abs(correlation) * Math.sqrt(a.length)).toBeLessThan(z);
  }
  const g = graphBuilder();
  const graphOfTwins = g.build({
    y: g.conv(g.conv(g.input([64, 8, 8]), 'stages.0.0.conv', 64, window(3)), 'stages.0.1.conv', 64, window(3)),
  });
  const source = seededWeights(graphOfTwins, 0);
  const [first, second] = [...graphTensors(graphOfTwins)].map(({ tensor }) => source.read(tensor).slice());
  const correlation = mean(first!, (x, i) => x * second![i]!) * ((9 * 64) / 2);
  expect(Math.abs(correlation) * Math.sqrt(first!.length)).toBeLessThan(z);
});
