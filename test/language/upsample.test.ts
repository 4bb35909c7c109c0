import { expect, test } from 'vitest';
import { summarize } from '../../src/report/summary.ts';
import { build, lines, messages, model, problems } from './build.ts';

const network = (step: string) =>
  model(`  stem: Conv(8, 3, stride: 4)\n  deep: Conv(4, 3, stride: 2)\n  up: deep -> ${step}\n  return up`);

test.each([
  ['Upsample(2)', 'up.upsample upsample [4, 8, 8] <- deep', 'Upsample ×2'],
  ['Upsample(to: stem)', 'up.upsample upsample [4, 8, 8] <- deep', 'Upsample ×2'],
  ['Upsample(to: image, mode: bilinear)', 'up.upsample upsample [4, 32, 32] <- deep', 'Upsample ×8, bilinear'],
  ['Upsample(factor: 3, mode: nearest)', 'up.upsample upsample [4, 12, 12] <- deep', 'Upsample ×3'],
])('%s', (step, line, label) => {
  const { graph } = build(network(step));
  expect(lines(graph)).toContain(line);
  expect(summarize(graph).stages.at(-1)?.operator).toContain(label);
});

test('what lends its size is not read: without other readers it is not built', () => {
  const text = model(
    '  a: image -> conv: Conv(5, 3, stride: 3)\n  b: image -> conv: Conv(4, 3)\n  up: b -> Upsample(to: a)\n  return up',
  );
  expect(lines(build(text).graph)).toEqual([
    'image input [3, 32, 32]',
    'b.conv conv [4, 32, 32] <- image',
    'up.upsample upsample [4, 11, 11] <- b.conv',
  ]);
});

test('what lends its size leaves the first step of a section with what stands before it', () => {
  const { graph } = build(model('  stem: Conv(8, 3, stride: 4)\n  up: Upsample(to: image)\n  return up'));
  expect(lines(graph)).toContain('up upsample [8, 32, 32] <- stem');
});

test('blocks take both from their parameters', () => {
  const block = 'block Up(x, like, factor: int = 2) { return Concat(x -> Upsample(to: like), x -> Upsample(factor)) }';
  const { graph } = build(model('  stem: Conv(8, 3, stride: 2)\n  up: Up(stem, image)\n  return up', block));
  expect(lines(graph)).toContain('up.concat concat [16, 32, 32] <- up.upsample, up.upsample');
});

test('positions see fractions of a stride', () => {
  const { totals, stages } = summarize(
    build(model('  stem: Conv(8, 3, stride: 4)\n  up: Upsample(2) -> conv: Conv(4, 3)')).graph,
  );
  expect(totals.stride).toBe(2);
  expect(stages.map((stage) => stage.receptiveField)).toEqual([3, 7]);
});

test.each([
  ['Upsample', "one-argument-of: 'Upsample' takes either 'factor' or 'to', but neither is given"],
  ['Upsample(2, to: image)', "one-argument-of: 'Upsample' takes either 'factor' or 'to', but both are given"],
  ['Upsample(to: 2)', "wrong-type: 'to' of 'Upsample' must be a tensor, not a number"],
  ['Upsample(image)', "too-many-tensors: 'Upsample' takes 1 tensor; its arguments provide 1 and the chain 1 more"],
  ['Upsample(2, mode: same)', "wrong-type: 'mode' of 'Upsample' must be an interpolation, not a padding"],
  ['Upsample(2, mode: bicubic)', "wrong-type: 'mode' must be nearest or bilinear, not the interpolation 'bicubic'"],
  ['Upsample(1.5)', "not-whole: 'factor' of 'Upsample' must be a whole number, not 1.5"],
  ['Upsample(0)', "bad-size: 'factor' of 'Upsample' is 0; it must be from 1 to 65536"],
  ['Upsample(20000)', 'bad-size: the size of the image in pixels is 80000; it must be from 1 to 65536'],
  ['Upsample(size: 2)', "unknown-parameter: 'Upsample' has no parameter 'size'"],
  [
    'Upsample(scale_factor: 2)',
    "unknown-parameter: 'Upsample' has no parameter 'scale_factor'; did you mean 'factor'?",
  ],
])('%s is an error', (step, message) => {
  expect(messages(network(step))[0]).toContain(message);
});

test('what lends its size is a map, and one', () => {
  const vector = model('  v: Linear(4)\n  up: image -> Upsample(to: v)\n  return up');
  expect(messages(vector)[0]).toBe("needs-space: 'to' needs a tensor [C, H, W], not [4]");
  const two = model('  both = Split(image -> a: Conv(4, 3), 2)\n  up: image -> Upsample(to: both)\n  return up');
  expect(problems(two)).toContain('wrong-type');
  expect(messages(model('  v: Linear(4)\n  up: Upsample(2)'))[0]).toContain("needs-space: 'Upsample' needs");
});
