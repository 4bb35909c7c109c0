import { expect, test } from 'vitest';
import type { CompileOptions } from '../../src/compile.ts';
import { asWritten } from '../../src/ops/labels.ts';
import { build, messages, model, problems } from './build.ts';

const text = model(
  `  param classes: int = 10
  param layers: int[] = [1, 2]
  param unit: block = Small
  param act: activation = relu
  stages: unit {
    | name | repeat    | channels | kernel |
    | c2   | layers[0] | w(8)     | 3      |
    | c3   | layers[1] | w(16)    |        |
  }
  head: act -> GlobalAvgPool
  classifier: Linear(classes)`,
  `
block Small(x, channels: int, kernel: int = 3) { return x -> conv: Conv(channels, kernel) }
block Large(x, channels: int, kernel: int = 3) { return x -> conv: Conv(channels * 2, kernel) }`,
);
const convs = (set: Record<string, string>) =>
  build(text, { set }).graph.nodes.flatMap((n) =>
    n.op.kind === 'conv' ? [`${n.path} ${n.op.filters} ${asWritten(n.op.window.kernel)}`] : [],
  );

test('--set sets parameters, with values as in a spec', () => {
  expect(convs({ layers: '[1, 1]' })).toEqual(['stages.c2.0.conv 8 3', 'stages.c3.0.conv 16 3']);
  expect(convs({ layers: '[0, 1]', unit: 'Large' })).toEqual(['stages.c3.0.conv 32 3']);
  const { graph } = build(text, { set: { classes: '2 * 50', act: 'silu' } });
  expect(graph.nodes.at(-1)?.shapes[0]).toEqual([100]);
  expect(graph.nodes.find((n) => n.op.kind === 'activation')?.op).toEqual({ kind: 'activation', fn: 'silu' });
});

test('--set sets cells, by section, row and column; an empty cell too', () => {
  expect(convs({ layers: '[1, 1]', 'stages.c3.kernel': '5', 'stages.c2.channels': 'w(24)' })).toEqual([
    'stages.c2.0.conv 24 3',
    'stages.c3.0.conv 16 5',
  ]);
  expect(convs({ 'stages.c3.repeat': '0' })).toEqual(['stages.c2.0.conv 8 3']);
});

test('--set of what is not there is an error with the nearest name', () => {
  expect(messages(text, { set: { clases: '3' } })).toEqual([
    "unknown-override: --set clases: 'M' has no parameter 'clases' here; did you mean 'classes'?",
  ]);
  expect(messages(text, { set: { 'stages.c2.kernal': '3' } })).toEqual([
    "unknown-override: --set stages.c2.kernal: 'M' has no cell 'stages.c2.kernal' here; did you mean 'stages.c2.kernel'?",
  ]);
  expect(problems(text, { set: { 'stages.c9.kernel': '3' } })).toEqual(['unknown-override']);
});

test('--set of what is not a value, or of another type, is an error', () => {
  expect(messages(text, { set: { classes: '(' } })[0]).toMatch(/^bad-override: --set classes has no valid value: /);
  expect(problems(text, { set: { classes: '' } })).toEqual(['bad-override']);
  expect(problems(text, { set: { classes: '1.5' } })).toEqual(['not-whole']);
  expect(problems(text, { set: { classes: 'nothing' } })).toEqual(['unknown-name']);
  expect(problems(text, { set: { 'stages.c2.kernel': 'relu' } })).toEqual(['wrong-type']);
});

test('an override of something that nothing uses is an error', () => {
  expect(messages(text, { d: 2 })).toEqual([
    "unused-override: --d changes nothing: nothing in 'M' is scaled by d at this point",
  ]);
  expect(problems(text, { w: 2 })).toEqual([]);
  const idle = model('  param idle: int = 1\n  s: Conv(8, 3)');
  expect(messages(idle, { set: { idle: '2' } }).at(-1)).toBe(
    "unused-override: --set idle changes nothing: nothing in 'M' reads 'idle'",
  );
});

test('--resolution N sets the size of an input that is written in numbers, and otherwise the parameter of this name', () => {
  const inputOf = (source: string, request: CompileOptions) => build(source, request).graph.nodes[0]?.shapes[0];
  expect(inputOf(text, { resolution: 64 })).toEqual([3, 64, 64]);
  expect(inputOf(text, { resolution: [64, 48] })).toEqual([3, 64, 48]);
  expect(messages(text, { resolution: 64, set: { image: '[3, 8, 8]' } })).toEqual([
    'override-conflict: --resolution 64 cannot be applied: --set image gives the whole shape of the input',
  ]);
  // something else may follow from 'side'
  const other = model('  param side: int = 32\n  input image: [3, side, side]\n  s: Conv(8, 3)');
  expect(messages(other, { resolution: 64 })).toEqual([
    "unknown-override: --resolution: 'M' has no parameter 'resolution' here",
  ]);
});

test('--r next to a resolution that is given says what to use', () => {
  const family = model(`  param resolution: int = r(32)
  variants {
    | name | resolution |
    | big  | 64         |
  }
  input image: [3, resolution, resolution]
  s: Conv(8, 3)`);
  expect(build(family, { r: 2 }).graph.nodes[0]?.shapes[0]).toEqual([3, 64, 64]);
  expect(messages(family, { variant: 'big', r: 2 })).toEqual([
    'unused-override: --r changes nothing: the resolution is 64, from variant big; use --resolution',
  ]);
});

test('a parameter without a default must be given', () => {
  const needed = model(`  param c: int
  variants {
    | name | c  |
    | a    | 8  |
  }
  s: Conv(c, 3)`);
  expect(messages(needed)).toEqual(["missing-value: the parameter 'c' of 'M' has no value: give it with --set c=..."]);
  expect(problems(needed, { variant: 'a' })).toEqual([]);
  expect(problems(needed, { set: { c: '8' } })).toEqual([]);
});

const pictures = model(
  `  param resolution: int = 32
  input image: [3, resolution, resolution] (mean: [0.3, 0.4, 0.5])
  stem: Conv(8, 3)`,
);

test('--set of an input sets its whole shape; the mean of other channels is the average', () => {
  const { graph } = build(pictures, { set: { image: '[1, 16, resolution]' } });
  expect(graph.nodes[0]?.shapes).toEqual([[1, 16, 32]]);
  expect(graph.preprocessing).toEqual({ image: { mean: [0.4], std: [1] } });
  expect(messages(pictures, { set: { image: '[4, 16, 16]' } })).toEqual([
    "normalisation-averaged: 'image' has 4 channels, but the model's mean and std are for 3: every channel uses their average",
  ]);
  expect(messages(pictures, { set: { image: '[3, 16, 16]' } })).toEqual([]);
  expect(problems(pictures, { set: { image: '16' } })).toEqual(['wrong-type']);
  expect(messages(pictures, { set: { channels: '1' } })).toEqual([
    "unknown-override: --set channels: 'M' has no parameter 'channels' here; the shape of the input is set as a whole: --set image=[channels,height,width]",
  ]);
});

test('a parameter that only the shape of an input reads is not a setting where that shape is given', () => {
  const paramsOf = (spec: string, set: Record<string, string>) => build(spec, { set }).point.params.map((p) => p.name);
  expect(paramsOf(pictures, { image: '[3, 16, 16]' })).toEqual([]);
  expect(paramsOf(pictures, { image: '[1, 16, resolution]' })).toEqual(['resolution']);
  expect(paramsOf(pictures.replace('Conv(8,', 'Conv(resolution,'), { image: '[3, 16, 16]' })).toEqual(['resolution']);
  expect(paramsOf(pictures.replace('0.5]', 'resolution]'), { image: '[3, 16, 16]' })).toEqual(['resolution']);
  expect(problems(pictures, { set: { image: '[3, 16, 16]', resolution: '24' } })).toEqual(['override-conflict']);
  expect(problems(pictures, { set: { image: '[3, 16, 16]' }, resolution: 24 })).toEqual(['override-conflict']);
});

test('what scales only a parameter that nothing reads scales nothing', () => {
  const scaled = pictures.replace('= 32', '= r(32)');
  const by = (set: Record<string, string>) => problems(scaled, { r: 2, set });
  expect(by({ image: '[3, 16, resolution]' })).toEqual([]);
  expect(by({ image: '[3, 16, 16]' })).toEqual(['unused-override']);
});

test('--resolution with two sizes sets height and width, where nothing else depends on one resolution', () => {
  const { graph, point } = build(pictures, { resolution: [16, 48] });
  expect(graph.nodes[0]?.shapes).toEqual([[3, 16, 48]]);
  expect(point.params[0]).toMatchObject({ name: 'resolution', text: '16x48', source: '--resolution' });
  expect(problems(pictures.replace('Conv(8,', 'Conv(resolution,'), { resolution: [16, 48] })).toEqual([
    'override-conflict',
  ]);
  expect(problems(pictures, { resolution: [16, 48], set: { image: '[3, 8, 8]' } })).toEqual(['override-conflict']);
});
