import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { summarize } from '../../src/report/summary.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { build, messages as messagesOf, model } from './build.ts';

const step = (text: string, size = '9, 12') => build(model(`  input image: [3, ${size}]\n  stem: ${text}`));
const shape = (text: string, size?: string) => {
  const { graph } = step(text, size);
  return graph && [...shapeOf(graph, graph.outputs[0]!.value)];
};
const messages = (text: string) => {
  const source = { name: 'sizes.enet', text: model(`  input image: [3, 9, 12]\n  stem: ${text}`) };
  return compile(source).diagnostics.map((d) => `${d.code}: ${d.message}`);
};

// the formulas of PyTorch's Conv2d and MaxPool2d, floor((n + 2 p - d (k - 1) - 1) / s) + 1 for each axis
test.each([
  ['c: Conv(8, [1, 7], padding: valid)', [8, 9, 6]],
  ['c: Conv(8, [7, 1], padding: symmetric)', [8, 9, 12]],
  ['c: Conv(8, [7, 1], padding: same)', [8, 9, 12]],
  ['c: Conv(8, 3, stride: [1, 2], padding: 1)', [8, 9, 6]],
  ['c: Conv(8, 3, [2, 3], padding: [0, 2])', [8, 4, 5]],
  ['c: Conv(8, [3, 2], dilation: [1, 4], padding: valid)', [8, 7, 8]],
  ['c: Conv(3, [3, 1], groups: x.channels, padding: [1, 0])', [3, 9, 12]],
  ['MaxPool([3, 2], padding: valid)', [3, 3, 6]],
  ['MaxPool([1, 3], stride: [1, 2], padding: [0, 1])', [3, 9, 6]],
  ['AvgPool([9, 1], padding: valid)', [3, 1, 12]],
  ['c: Conv(8, [3, 3])', [8, 9, 12]],
])('a window may differ between height and width: %s', (text, wanted) => {
  expect(shape(text.replace('x.channels', 'image.channels'))).toEqual(wanted);
});

test('weights, costs and fields are those of the window', () => {
  const { graph } = step('c: Conv(8, [1, 7], stride: [1, 2], bias: false) -> d: Conv(8, [5, 1], bias: false)');
  const { stages, totals } = summarize(graph!);
  const own = graph!.nodes.flatMap((node) => node.tensors.map((tensor) => tensor.shape));
  expect(own).toEqual([
    [8, 3, 1, 7],
    [8, 8, 5, 1],
  ]);
  expect([totals.params, totals.macs]).toEqual([8 * 3 * 7 + 8 * 8 * 5, 9 * 6 * (8 * 3 * 7 + 8 * 8 * 5)]);
  expect(stages.at(-1)).toMatchObject({
    kernels: [
      [1, 7],
      [5, 1],
    ],
    stride: 2,
    receptiveField: 7,
  });
  expect(summaryText(summarize(graph!))).toContain('1×7, 5×1');
});

test('blocks, tables and lists hand sizes on', () => {
  const text = model(
    `  input image: [3, 8, 8]
  body: Unit {
    | repeat | kernel | stride |
    | 2      | [1, 3] | [2, 1] |
    | 1      | 3      | 1      |
  }
  all: Each([[1, 3], [3, 1], 3])`,
    `block Unit(x, kernel: size = 3, stride: size = 1, around: padding = symmetric) {
  return x -> conv: Conv(4, kernel, stride, padding: around)
    -> Add(x) if stride == 1 and x.channels == 4
}
block Each(x, kernels: size[]) {
  return Concat([x -> conv: Conv(4, k, padding: p) for k, p in kernels, [same, same, [1, 1]]])
}`,
  );
  const { graph, diagnostics } = build(text);
  expect(diagnostics).toEqual([]);
  const windows = graph!.nodes.flatMap(({ op }) => ('window' in op ? [[op.window.kernel, op.window.stride]] : []));
  expect(windows.slice(0, 3)).toEqual([
    [
      [1, 3],
      [2, 1],
    ],
    [
      [1, 3],
      [1, 1],
    ],
    [
      [3, 3],
      [1, 1],
    ],
  ]);
  // the pair [1, 1] is the number 1
  expect(build(text.replace('| 3      | 1 ', '| 3      | [1, 1] ')).graph!.nodes.length).toBe(graph!.nodes.length);
});

describe('what is not a size', () => {
  test.each([
    [
      'c: Conv(8, [1, 3, 5])',
      "wrong-type: 'kernel' of 'Conv' must be a size (a number or [high, wide]), not a list of numbers",
    ],
    ['c: Conv(8, [1, 1.5])', "not-whole: each number of 'kernel' of 'Conv' must be a whole number, not 1.5"],
    ['c: Conv(8, [0, 3])', "bad-size: 'kernel' of 'Conv' is 0; it must be from 1 to 1024"],
    ['c: Conv(8, relu)', "wrong-type: 'kernel' of 'Conv' must be a size (a number or [high, wide]), not an activation"],
    ['c: Conv([8, 8], 3)', "wrong-type: 'channels' of 'Conv' must be a number, not a list of numbers"],
    [
      'c: Conv(8, 3, padding: [1])',
      "wrong-type: 'padding' of 'Conv' must be a size (a number or [high, wide]), not a list of numbers",
    ],
    ['c: Conv(8, [3, 40], padding: valid)', "output-vanishes: 'Conv' with a 3x40 window leaves nothing of 9x12 pixels"],
    ['c: Conv(8, [1, 40])', 'kernel-exceeds-input: the 1x40 kernel is larger than its 9x12 input'],
  ])('%s', (text, message) => {
    expect(messages(text)).toEqual([message]);
  });
});

describe('too small an image', () => {
  const shrunk = (more: string) =>
    model(`  s: Conv(8, 3, 4) -> a: Conv(8, 3, 4)\n  t: a: Conv(8, 3, 2) -> b: Conv(8, 3)\n${more}`);
  const at = (text: string, size: number) => messagesOf(text, { set: { image: `[3, ${size}, ${size}]` } });
  const kernel = 'kernel-exceeds-input: the 3x3 kernel is larger than its 1x1 input';

  test('a window whose outer weights see padding only, where there is no way around it', () => {
    expect(at(shrunk('  return t'), 32)).toEqual([kernel]);
    expect(at(shrunk('  return t, a: t.a -> relu'), 32)).toEqual([]);
    expect(at(shrunk('  return t, last: t -> relu'), 32)).toEqual([kernel]);
    // 5x5 over 4x4: each weight sees pixels somewhere
    expect(messagesOf(model('  s: Conv(8, 5)').replace('32, 32', '4, 4'))).toEqual([]);
    expect(messagesOf(model('  s: Conv(8, 3, dilation: 24)').replace('32, 32', '33, 33'))).toEqual([]);
    expect(messagesOf(model('  s: Conv(8, 3, dilation: 32)'))).toEqual([
      'kernel-exceeds-input: the 65x65 kernel is larger than its 32x32 input',
    ]);
    const branch = model('  s: image -> Concat(image -> a: Conv(8, 3, dilation: 32))');
    expect(messagesOf(branch)).toEqual([]);
    // what no output reaches is not built
    expect(at(shrunk('  return s'), 32)).toEqual([]);
  });

  test('fewer pixels than the stride of what all outputs depend on', () => {
    expect(at(shrunk('  return t.a'), 16)).toEqual([
      kernel,
      "resolution-below-stride: the input's 16 pixels are less than the network's total stride of 32",
    ]);
    expect(at(shrunk('  return t.a, s'), 16)).toEqual([]);
  });
});
