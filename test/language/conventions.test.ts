import { expect, test } from 'vitest';
import { build, messages, model, nodeAt, problems } from './build.ts';

const members = (convention: string) =>
  model(`  ${convention}
  input image: [3, 33, 32]
  c: Conv(8, 3, 2)
  bn: BatchNorm
  pool: AvgPool(2, 2)`);

const read = (text: string, options = {}) => {
  const { graph, point } = build(text, options);
  const conv = nodeAt(graph, 'c').op;
  const bn = nodeAt(graph, 'bn').op;
  const pool = nodeAt(graph, 'pool').op;
  if (conv.kind !== 'conv' || bn.kind !== 'batchNorm' || pool.kind !== 'avgPool') throw new Error('other ops');
  const { top, left, bottom, right } = conv.window.pads;
  return {
    pads: [top, left, bottom, right],
    epsilon: bn.epsilon,
    momentum: bn.momentum,
    countPad: pool.countPad,
    convention: point.convention,
  };
};

test("rule 9: tf pads from the input's size, the odd pixel at the bottom and right", () => {
  expect(read(members('convention tf'))).toMatchObject({
    pads: [1, 0, 1, 1],
    epsilon: 1e-3,
    momentum: 0.99,
    countPad: false,
  });
});

test('rule 9: torch pads half of the kernel on each side', () => {
  expect(read(members('convention torch'))).toMatchObject({
    pads: [1, 1, 1, 1],
    epsilon: 1e-5,
    momentum: 0.9,
    countPad: true,
  });
});

test('a model that states none gets tf', () => {
  expect(read(members(''))).toMatchObject({ pads: [1, 0, 1, 1], convention: { name: 'tf', origin: 'default' } });
});

test('the command line overrides the convention, and what it overrides goes with it', () => {
  const text = members('convention torch(epsilon: 1e-3, padding: same, momentum: 0.5, count_pad: false)');
  expect(read(text)).toMatchObject({ pads: [1, 0, 1, 1], epsilon: 1e-3, momentum: 0.5, countPad: false });
  expect(read(text, { convention: 'torch' })).toMatchObject({ epsilon: 1e-3, convention: { origin: 'default' } });
  expect(read(text, { convention: 'tf' })).toMatchObject({
    momentum: 0.99,
    convention: { name: 'tf', origin: 'override', epsilon: 1e-3 },
  });
  expect(read(members('convention tf'), { convention: 'torch' })).toMatchObject({ pads: [1, 1, 1, 1], epsilon: 1e-5 });
});

test('what a convention overrides may be a parameter', () => {
  const text = members('param eps: real = 1e-4\n  convention torch(epsilon: eps)');
  expect(read(text).epsilon).toBe(1e-4);
  expect(read(text, { set: { eps: '0.5' } }).epsilon).toBe(0.5);
});

test('an op may differ from its convention', () => {
  const text = model(`  convention tf
  same: Conv(8, 3, padding: symmetric)
  two: Conv(8, 3, padding: 2)
  none: Conv(8, 3, padding: valid)
  bn: BatchNorm(epsilon: 0.25, momentum: 0.5)
  pool: AvgPool(3, stride: 1, count_pad: true)`);
  const { graph } = build(text);
  const top = (path: string) => {
    const { op } = nodeAt(graph, path);
    return 'window' in op ? op.window.pads.top : undefined;
  };
  expect([top('same'), top('two'), top('none')]).toEqual([1, 2, 0]);
  expect(nodeAt(graph, 'bn').op).toEqual({ kind: 'batchNorm', epsilon: 0.25, momentum: 0.5 });
  expect(nodeAt(graph, 'pool').op).toMatchObject({ countPad: true });
});

test('same padding with dilation and with a stride that leaves nothing to pad', () => {
  const pads = (conv: string) => {
    const { op } = nodeAt(build(model(`  c: ${conv}`)).graph, 'c');
    return 'window' in op ? op.window.pads : undefined;
  };
  expect(pads('Conv(8, 3, dilation: 2)')).toEqual({ top: 2, left: 2, bottom: 2, right: 2 });
  expect(pads('Conv(8, 1, 2)')).toEqual({ top: 0, left: 0, bottom: 0, right: 0 });
  expect(pads('Conv(8, 4)')).toEqual({ top: 1, left: 1, bottom: 2, right: 2 });
});

test('a model states one convention, and a known one', () => {
  expect(messages(model('  convention tf\n  convention torch\n  s: Conv(8, 3)'))).toEqual([
    "mixed-conventions: the model has two conventions, 'tf' and 'torch'",
  ]);
  expect(problems(model('  convention tf\n  convention tf\n  s: Conv(8, 3)'))).toEqual(['duplicate-member']);
  expect(messages(model('  convention pytorch\n  s: Conv(8, 3)'))).toEqual([
    "unknown-convention: 'pytorch' is not a convention (there are 'tf' and 'torch'); did you mean 'torch'?",
  ]);
  expect(problems(model('  convention tf(eps: 1)\n  s: Conv(8, 3)'))).toEqual(['unknown-parameter']);
  expect(problems(model('  convention tf(padding: valid)\n  s: Conv(8, 3)'))).toEqual(['wrong-type']);
});

test('inner models keep their own convention, and a difference is said', () => {
  const inner = 'model Inner {\n  convention torch\n  input x: [3, 32, 32]\n  c: Conv(8, 3, 2)\n}';
  const text = model('  convention tf\n  trunk: Inner', inner);
  expect(messages(text, { model: 'M' })).toEqual([
    "conventions-differ: 'Inner' has the convention torch, but the model that uses it has tf",
  ]);
  const pads = (options: object) => {
    const { op } = nodeAt(build(text, { model: 'M', ...options }).graph, 'trunk.c');
    return 'window' in op ? op.window.pads.top : undefined;
  };
  expect([pads({}), pads({ convention: 'tf' })]).toEqual([1, 0]);
  expect(problems(text, { model: 'M', convention: 'tf' })).toEqual([]);
});

test('a model that states none takes the convention of the one that uses it', () => {
  const inner = 'model Inner {\n  input x: [3, 32, 32]\n  c: Conv(8, 3, 2)\n}';
  const { graph } = build(model('  convention torch\n  trunk: Inner', inner), { model: 'M' });
  expect(nodeAt(graph, 'trunk.c').op).toMatchObject({ window: { pads: { top: 1 } } });
});
