import { expect, test } from 'vitest';
import { build, messages, model, problems } from './build.ts';

test('an input states how its pixels are normalised; nothing of it is in the network', () => {
  const plain = build(model('  input image: [3, 32, 32]\n  s: Conv(8, 3)')).graph;
  const text = model(
    '  input image: [3, 32, 32] (mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])\n  s: Conv(8, 3)',
  );
  const { graph } = build(text);
  expect(graph.nodes.map((n) => n.op)).toEqual(plain.nodes.map((n) => n.op));
  expect(plain.preprocessing).toEqual({});
  expect(graph.preprocessing).toEqual({ image: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } });
});

test('what an input leaves out of its normalisation is mean 0 and deviation 1', () => {
  const { graph } = build(model('  input image: [2, 32, 32] (std: [0.5, 0.25])\n  s: Conv(8, 3)'));
  expect(graph.preprocessing).toEqual({ image: { mean: [0, 0], std: [0.5, 0.25] } });
});

test('normalisation has a number a channel, and its two names', () => {
  expect(problems(model('  input image: [3, 32, 32] (mean: [0.5])\n  s: Conv(8, 3)'))).toEqual(['wrong-type']);
  expect(messages(model('  input image: [3, 32, 32] (mead: [1, 1, 1])\n  s: Conv(8, 3)'))).toEqual([
    "unknown-parameter: 'input' has no parameter 'mead'; did you mean 'mean'?",
  ]);
  expect(problems(model('  input image: [3, 32, 32] ([1, 1, 1])\n  s: Conv(8, 3)'))).toEqual(['unnamed-setting']);
  expect(problems(model('  input image: [3, 32, 32] (mean: 1)\n  s: Conv(8, 3)'))).toEqual(['wrong-type']);
});

test('the normalisation of an inner model is its own affair', () => {
  const inner = 'model Inner {\n  input x: [3, 8, 8] (mean: [1, 1, 1])\n  c: Conv(8, 3)\n}';
  expect(build(model('  trunk: Inner', inner), { model: 'M' }).graph.preprocessing).toEqual({});
});

test('an input is [channels, height, width] in whole numbers', () => {
  expect(messages(model('  input image: [3, 32]\n  s: Conv(8, 3)'))).toEqual([
    "wrong-type: the shape of 'image' must be [channels, height, width], not a list of 2",
  ]);
  expect(problems(model('  input image: 3\n  s: Conv(8, 3)'))).toEqual(['wrong-type']);
  expect(problems(model('  input image: [3, 32, 64 / 3]\n  s: Conv(8, 3)'))).toEqual(['not-whole']);
  expect(problems(model('  input image: [3, 0, 32]\n  s: Conv(8, 3)'))).toEqual(['bad-size']);
});

test('height and width may differ', () => {
  expect(build(model('  input image: [3, 24, 40]\n  s: Conv(8, 3, 2)')).graph.nodes[1]?.shapes[0]).toEqual([8, 12, 20]);
});
