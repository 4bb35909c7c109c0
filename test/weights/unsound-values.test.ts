import { expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { pairStars } from '../../src/weights/star-order.ts';
import { build, model } from '../language/build.ts';

const { program, graph } = compile({
  name: 'm.enet',
  text: model('  convention torch\n  c: conv: Conv(2, 1, bias: false) -> bn: BatchNorm\n  f: Linear(2)'),
});
const tensors = new Map(
  graph!.nodes.flatMap((n) => n.tensors.map(({ name, shape }) => [name, { name, shape, dtype: 'F32' }] as const)),
);

/** What is said of a file whose tensors are ones but for one of them. */
function reported(name: string, values: number[], shape = tensors.get(name)!.shape, allowUnsound = false) {
  const changed = new Map(tensors).set(name, { name, shape, dtype: 'F32' });
  const size = (of: string) => changed.get(of)!.shape.reduce((a, b) => a * b, 1);
  const read = (of: string) => (of === name ? Float32Array.from(values) : new Float32Array(size(of)).fill(1));
  const checkpoint = { name: 'x', tensors: changed, metadata: new Map<string, string>(), read };
  return chooseWeights(program, graph!, { checkpoint, allowUnsound });
}
const said = (...args: Parameters<typeof reported>) => reported(...args).diagnostics.map((d) => d.message);

it('values that are not finite are counted and named', () => {
  expect(said('c.bn.weight', [Number.NaN, 1])).toEqual([
    "1 value of 'c.bn.weight' in 'x' is not finite: outputs that depend on it will not be numbers",
  ]);
  const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  expect(said('c.bn.bias', infinite)[0]).toContain("2 values of 'c.bn.bias' in 'x' are not finite");
  expect(said('c.bn.running_var', [Number.NEGATIVE_INFINITY, 1])).toHaveLength(1);
  expect(said('c.bn.bias', [3e38, -3e38])).toEqual([]);
});

it('they are refused, or taken with a warning where that is allowed', () => {
  const shape = tensors.get('c.bn.weight')!.shape;
  for (const [allowed, severity] of [
    [false, 'error'],
    [true, 'warning'],
  ] as const) {
    const { source, diagnostics } = reported('c.bn.weight', [Number.NaN, 1], shape, allowed);
    expect([source !== undefined, diagnostics.map((d) => d.severity)]).toEqual([allowed, [severity]]);
  }
});

it('variances below -epsilon are, but not 0 and rounding', () => {
  expect(said('c.bn.running_var', [-0.5, 1])).toEqual([
    "1 value of 'c.bn.running_var' in 'x' is below -epsilon (-0.00001): the outputs will not be numbers",
  ]);
  expect(said('c.bn.running_var', [0, -1e-6])).toEqual([]);
  expect(said('c.bn.running_mean', [-0.5, -1])).toEqual([]);
});

it('a dense layer over a feature map takes the convolution that covers the map, one over a vector no such kernel', () => {
  const [units, inputs] = tensors.get('f.weight')!.shape as [number, number];
  expect(said('f.weight', new Array(units * inputs).fill(1), [units, inputs / 4, 2, 2])).toEqual([]);
  const fewer = said('f.weight', new Array((units * inputs) / 4).fill(1), [units, inputs / 16, 2, 2]);
  expect(fewer[0]).toContain(`'f.weight' is [${units}, ${inputs}]`);
});

it('a matrix that is turned is another one, though it has as many elements', () => {
  const [units, inputs] = tensors.get('f.weight')!.shape as [number, number];
  const turned = said('f.weight', new Array(units * inputs).fill(1), [inputs, units]);
  expect(turned[0]).toContain(`'f.weight' is [${units}, ${inputs}], but 'f.weight' in 'x' is [${inputs}, ${units}]`);
});

it('stars of two kinds of words keep the order in which they came, of one kind go by their numbers', () => {
  const numbers = [['0'], ['1'], ['2']];
  const order = (texts: string[]) =>
    [
      ...pairStars(
        numbers,
        texts.map((text) => [text]),
      ).values(),
    ].map(([text]) => text);
  expect(order(['late10', 'early9', 'late2'])).toEqual(['late10', 'early9', 'late2']);
  expect(order(['late10', 'late9', 'late2'])).toEqual(['late2', 'late9', 'late10']);
});

it("MBConv's excitation has a whole number of channels, rounded down as TensorFlow's int does", () => {
  const text = model(
    '  stem: Conv(24, 1)\n  b: m: MBConv(24, expand: 1, se: 0.115)',
    'import { MBConv } from "std/blocks"',
  );
  const { graph: built } = build(text);
  const reduce = built.nodes.flatMap((n) => n.tensors).find(({ name }) => name === 'b.m.se.reduce.weight');
  expect(reduce?.shape).toEqual([2, 24, 1, 1]);
});

it.each([
  ['seresnet18', 11_779_624, 8, 64],
  ['seresnet34', 21_960_416, 8, 64],
  ['seresnet50', 28_088_024, 16, 256],
  ['seresnet101', 49_326_872, 16, 256],
  ['seresnet152', 66_821_848, 16, 256],
])("%s has timm's parameters, its excitation a multiple of 8", async (variant, count, reduced, channels) => {
  const { compileLibrary } = await import('../library-points.ts');
  const { graph: built } = compileLibrary('resnet', { variant });
  const all = built!.nodes.flatMap((n) => n.tensors);
  const parameters = all
    .filter((t) => t.trainable)
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(parameters).toBe(count);
  expect(all.find(({ name }) => name === 'stages.c2.0.se.reduce.weight')?.shape).toEqual([reduced, channels, 1, 1]);
});

it("MnasNet small adds its first block's input, as timm does; A1 and B1 do not", async () => {
  const { compileLibrary } = await import('../library-points.ts');
  const adds = (variant: string) =>
    compileLibrary('mnasnet', { variant }).graph!.nodes.filter(
      (n) => n.op.kind === 'add' && n.path.startsWith('stages.0'),
    ).length;
  expect(['small', 'a1', 'b1'].map(adds)).toEqual([1, 0, 0]);
});
