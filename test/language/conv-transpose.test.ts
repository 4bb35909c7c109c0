import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { receptiveFields } from '../../src/5-graph/receptive-field.ts';
import { mapStrides } from '../../src/5-graph/stride.ts';
import { build, messages, model, nodeAt, parameterCount } from './build.ts';

const up = (args: string, convention = 'torch') =>
  model(`  convention ${convention}\n  stem: Conv(6, 3, stride: 2)\n  up: ConvTranspose(${args})`);
const size = (args: string, convention?: string) => nodeAt(build(up(args, convention)).graph, 'up').shapes[0];

/** From 16 x 16 pixels, as torch.nn.ConvTranspose2d and tf.keras.layers.Conv2DTranspose give them. */
test.each([
  ['4, 2, stride: 2', 'torch', [4, 32, 32]],
  ['4, 3, stride: 2', 'torch', [4, 31, 31]],
  ['4, 3, stride: 2, output_padding: 1', 'torch', [4, 32, 32]],
  ['4, 4, stride: 2', 'torch', [4, 32, 32]],
  ['4, 3, stride: [2, 1], padding: valid', 'torch', [4, 33, 18]],
  ['4, 3, dilation: 2, padding: 0', 'torch', [4, 20, 20]],
  ['4, 3, stride: 2', 'tf', [4, 32, 32]],
  ['4, 1, stride: 3', 'tf', [4, 48, 48]],
  ['4, 5, stride: [1, 3]', 'tf', [4, 16, 48]],
])('ConvTranspose(%s) under %s', (args, convention, shape) => {
  expect(size(args, convention)).toEqual(shape);
});

test('its kernel has the channels of the input first, and one product for each tap that a pixel meets', () => {
  const { graph } = build(up('4, 3, stride: 2, groups: 2'));
  const node = nodeAt(graph, 'up');
  expect(node.tensors.map(({ shape }) => shape)).toEqual([[6, 2, 3, 3], [4]]);
  expect(parameterCount(graph)).toBe(6 * 3 * 9 + 6 + 6 * 2 * 9 + 4);
  expect(totalCost(graph, [node]).macs).toBe(6 * 16 * 16 * 2 * 9);
});

test('a pixel of it reads as many as meet there, half a step apart', () => {
  const { graph } = build(up('4, 4, stride: 2'));
  const { id } = nodeAt(graph, 'up');
  // the first reads what is at -1 and 0 of the stem's, which see three pixels each, two apart, from -1 on
  expect(mapStrides(graph)[id]).toBe(1);
  expect(receptiveFields(graph)[id]).toEqual({ first: -3, last: 1, stride: 1 });
});

test('what cannot be is refused', () => {
  expect(messages(up('4, 3, stride: 2, output_padding: 2'))[0]).toContain(
    "output-padding: the output padding of 'ConvTranspose' is at most 1 and 1 (height and width) here",
  );
  expect(messages(up('4, 1, stride: [3, 2], output_padding: 1', 'tf'))[0]).toContain('at most 0 and 0');
  expect(messages(up('4, 3, groups: 4'))[0]).toContain('group-count');
  expect(messages(up('4, 1, padding: 8'))[0]).toContain('output-vanishes');
});
