import { expect, test } from 'vitest';
import { shapeOf } from '../../src/5-graph/graph.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { runReference } from '../onnx/reference.ts';
import { build, messages, model, nodeAt } from './build.ts';

// torch 2.13.0: max_pool2d and avg_pool2d(count_include_pad=False) of arange(h * w) with ceil_mode=True; the last value of each
const rows: readonly (readonly [string, string, string, string, readonly number[], number, number])[] = [
  ['6, 12', '[2, 3]', '[4, 1]', '[0, 1]', [2, 12], 71, 64.5],
  ['7, 11', '[2, 2]', '[4, 4]', '[1, 0]', [2, 3], 53, 47],
  ['6, 5', '[4, 1]', '[1, 2]', '[2, 0]', [7, 3], 29, 26.5],
  ['7, 3', '[3, 4]', '[4, 4]', '[1, 2]', [2, 2], 17, 14],
  ['12, 10', '[2, 3]', '[1, 1]', '[0, 1]', [11, 10], 119, 113.5],
  ['6, 7', '[4, 3]', '[4, 4]', '[2, 1]', [2, 2], 40, 28.5],
  ['11, 12', '[4, 2]', '[3, 1]', '[1, 0]', [4, 11], 131, 118.5],
  ['8, 11', '[1, 2]', '[3, 3]', '[0, 0]', [3, 4], 76, 75.5],
  ['10, 10', '[1, 3]', '[1, 4]', '[0, 0]', [10, 3], 99, 98.5],
  ['7, 9', '[4, 1]', '[1, 1]', '[1, 0]', [6, 9], 62, 53],
  ['11, 7', '[2, 1]', '[3, 1]', '[0, 0]', [4, 7], 76, 72.5],
  ['12, 11', '[1, 2]', '[4, 3]', '[0, 0]', [3, 4], 98, 97.5],
  ['3, 8', '[3, 3]', '[2, 4]', '[1, 1]', [2, 3], 23, 19],
  ['11, 9', '[1, 3]', '[4, 2]', '[0, 1]', [3, 5], 80, 79.5],
];

test.each(rows)('windows over %s of %s, strides %s, padding %s', (size, kernel, stride, padding, shape, max, mean) => {
  const text = model(`  input image: [1, ${size}]
  most: image -> MaxPool(${kernel}, stride: ${stride}, padding: ${padding}, round_up: true)
  mean: image -> AvgPool(${kernel}, stride: ${stride}, padding: ${padding}, round_up: true, count_pad: false)
  return most, mean`);
  const { graph, program } = build(text);
  const { source } = chooseWeights(program, graph, { checkpoint: randomWeights(graph, 1) });
  const [, height, width] = graph.nodes[0]!.shapes[0]!;
  const image = Float32Array.from({ length: height! * width! }, (_, i) => i);
  const found = runReference(graph, source!, { image });
  expect(graph.outputs.map(({ value }) => shapeOf(graph, value).slice(1))).toEqual([shape, shape]);
  expect(found[0]!.at(-1)).toBe(max);
  expect(found[1]!.at(-1)).toBeCloseTo(mean, 4);
});

test('what rounding up adds is never counted; next to padding that counts it is an error', () => {
  const pool = (padding: string) =>
    model(`  input image: [1, 6, 6]\n  s: AvgPool(3, stride: 2, padding: ${padding}, count_pad: true, round_up: true)`);
  expect(nodeAt(build(pool('valid')).graph, 's').op).toMatchObject({
    countPad: false,
    window: { pads: { top: 0, left: 0, bottom: 1, right: 1 } },
  });
  expect(messages(pool('1'))[0]).toContain('counted-and-added');
  expect(build(pool('2').replace('[1, 6, 6]', '[1, 5, 5]')).graph.nodes.at(-1)!.op).toMatchObject({ countPad: true });
});

test("`padding: default` is the convention's", () => {
  const pads = (convention: string, padding: string) => {
    const { graph } = build(model(`  convention ${convention}\n  s: c: Conv(8, 3, stride: 2, padding: ${padding})`));
    return (nodeAt(graph, 's.c').op as { window?: unknown }).window;
  };
  expect(pads('tf', 'default')).toEqual(pads('tf', 'same'));
  expect(pads('torch', 'default')).toEqual(pads('torch', 'symmetric'));
  expect(pads('tf', 'same')).not.toEqual(pads('torch', 'symmetric'));
});
