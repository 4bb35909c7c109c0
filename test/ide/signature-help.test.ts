import { expect, test } from 'vitest';
import { signatureHelp } from '../../src/ide/features/signature-help.ts';
import { openFixture } from './fixture.ts';

const head = `import { ConvBnAct, MBConv } from "std/blocks"
import { EfficientNet } from "std/efficientnet"
`;

/** The label with the active parameter in «». */
function helpIn(text: string): string | undefined {
  const { analysis, offset } = openFixture(head + text);
  const help = signatureHelp(analysis, offset);
  if (!help) return undefined;
  const at = help.active === undefined ? undefined : help.parameters[help.active];
  if (!at) return help.label;
  return `${help.label.slice(0, at.start)}«${help.label.slice(at.start, at.end)}»${help.label.slice(at.end)}`;
}

test.each([
  // positions and names
  ['block B(x) {\n  return x -> conv: Conv(8, ▮)\n}', '«kernel: size»'],
  ['block B(x) {\n  return x -> conv: Conv(8, 3, ▮', '«stride?: size»'],
  ['block B(x) {\n  return x -> conv: Conv(8, bias: ▮', '«bias?: bool»'],
  ['block B(x) {\n  return x -> conv: Conv(kernel: 3, ▮', '«channels: int»'],
  ['model M {\n  stem: ConvBnAct(▮', '«channels: int»'],
  ['model M {\n  stages: first: MBConv(24, 3, ▮) {', '«stride: size = 1»'],
  ['model M {\n  head: ConvBnAct(8) -> ConvBnAct(8, act: ▮relu)', '«act: activation = relu»'],
  // in an expression the tensors are arguments too
  ['block B(x) {\n  y = ConvBnAct(▮', '«x»'],
  ['block B(x) {\n  y = ConvBnAct(x, ▮', '«channels: int»'],
  ['block B(x) {\n  return x -> Add(▮', '«y»'],
  ['block B(x) {\n  y = Add(x, x, x, ▮', '«...»'],
  // a section takes tensors from before, but only where none are given
  ['model M {\n  input a: [4, 8, 8]\n  sum: Add(a, ▮)', '«y»'],
  ['model M {\n  input a: [4, 8, 8]\n  sum: a -> Add(a, ▮)', '«...»'],
  ['model M {\n  input a: [4, 8, 8]\n  wide: ConvBnAct(a, ▮)', '«channels: int»'],
  ['model M {\n  input a: [4, 8, 8]\n  wide: ConvBnAct(x: a, ▮)', '«channels: int»'],
  ['model M {\n  input a: [4, 8, 8]\n  wide: ConvBnAct(▮', '«channels: int»'],
  // an activation's slope
  ['block B(x) {\n  return x -> leaky_relu(▮', 'leaky_relu(«slope?: real»)'],
  ['block B(x) {\n  y = leaky_relu(x, ▮', '«slope?: real»'],
  // calls in calls, brackets in arguments
  ['model M {\n  stem: ConvBnAct(w(▮32), 3)', 'w(«n»)'],
  ['model M {\n  stem: ConvBnAct(w(32), ▮3)', '«kernel: size = 3»'],
  ['block B(x, n: int) {\n  y = round((n + 1) * 2, ▮', 'round(x, «m = 1»)'],
  ['block B(x, n: int) {\n  y = max(n, ▮', 'max(a, «b», ...)'],
  ['model M {\n  trunk: EfficientNet(variant: b0, ▮', '«classes: int = 1000»'],
  // a block that is a parameter
  ['model M {\n  param unit: block = MBConv\n  stages: unit(▮', '«channels: int»'],
])('%s', (text, expected) => {
  expect(helpIn(text)).toContain(expected);
});

test.each([
  'model M {\n  stem: ConvBnAct(8)▮',
  'model M {\n  stem: ConvBnAct▮(8)',
  'model M {\n  stages: MBConv(8) {\n    | kernel |\n    | ▮3 |',
  'block B(x) {\n  y = nothing(▮',
  'block B(▮x) { return x }',
  '▮',
])('no call is open: %s', (text) => {
  expect(helpIn(text)).toBeUndefined();
});

test('parameters are documented', () => {
  const { analysis, offset } = openFixture(`${head}model M {\n  stem: ConvBnAct(8, ▮)\n}`);
  const help = signatureHelp(analysis, offset)!;
  expect(help.label).toBe(
    'ConvBnAct(channels: int, kernel: size = 3, stride: size = 1, groups: int = 1, act: activation = relu, padding: padding = default, dilation: size = 1, bias: bool = false)',
  );
  expect(help.documentation).toBe('Convolution, batch normalisation, activation.');
  expect(help.parameters[1]?.documentation).toContain('*parameter of ConvBnAct, std/blocks*');
  const op = openFixture('block B(x) {\n  return x -> Conv(▮\n}');
  expect(signatureHelp(op.analysis, op.offset)?.parameters[1]?.documentation).toContain(
    'Size of the window, in pixels: a number, or `[high, wide]`.',
  );
  const activation = openFixture('block B(x) {\n  return x -> leaky_relu(▮\n}');
  const slope = signatureHelp(activation.analysis, activation.offset);
  expect(slope?.documentation).toContain('else `slope * x`');
  expect(slope?.parameters[0]?.documentation).toContain('The slope below 0. Default: 0.01.');
});
