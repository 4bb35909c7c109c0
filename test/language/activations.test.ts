import { expect, test } from 'vitest';
import type { ActivationOp } from '../../src/ops/kinds/activation.ts';
import { build, messages, model, problems } from './build.ts';

const block =
  'block Unit(x, channels: int, act: activation = leaky_relu(0.1)) {\n  return x -> conv: Conv(channels, 3) -> act\n}\n';

/** The activations of a network: `leaky_relu 0.2`. */
function activationsOf(members: string, set: Readonly<Record<string, string>> = {}): string[] {
  const { nodes } = build(model(members, block), { set }).graph;
  return nodes.flatMap(({ op }) => {
    if (op.kind !== 'activation') return [];
    const { fn, slope } = op as ActivationOp;
    return [slope === undefined ? fn : `${fn} ${slope}`];
  });
}

test.each([
  ['a step', 'a: Conv(8, 3) -> leaky_relu(0.2)', 'leaky_relu 0.2'],
  ['a step, by name', 'a: Conv(8, 3) -> hardsigmoid(slope: 0.2)', 'hardsigmoid 0.2'],
  ['a step without one', 'a: Conv(8, 3) -> leaky_relu', 'leaky_relu'],
  ['a section of its own, over the one before', 'a: Conv(8, 3)\n  b: leaky_relu(0.2)', 'leaky_relu 0.2'],
  ['a function', 'a: Conv(8, 3)\n  b: leaky_relu(a, 0.2)', 'leaky_relu 0.2'],
  ['a function, both by name', 'a: Conv(8, 3)\n  b: leaky_relu(slope: 0.2, x: a)', 'leaky_relu 0.2'],
  ['an argument', 'a: Unit(8, act: leaky_relu(0.2))', 'leaky_relu 0.2'],
  ['a default', 'a: Unit(8)', 'leaky_relu 0.1'],
  ['a parameter', 'param act: activation = leaky_relu(slope: 1 / 4)\n  a: Conv(8, 3) -> act', 'leaky_relu 0.25'],
  ['what is usual', 'a: Conv(8, 3) -> leaky_relu(0.01)', 'leaky_relu'],
  ['what is usual, as a fraction', 'a: Conv(8, 3) -> hardsigmoid(1 / 6)', 'hardsigmoid'],
])('an activation has its slope as %s', (_what, members, expected) => {
  expect(activationsOf(members)).toEqual([expected]);
});

test('a slope stands in cells, and in place of a block', () => {
  const rows = '| block | channels | act | slope |\n    | Unit | 8 | leaky_relu(0.2) | |\n    | leaky_relu | | | 0.3 |';
  expect(activationsOf(`s: Unit {\n    ${rows}\n  }`)).toEqual(['leaky_relu 0.2', 'leaky_relu 0.3']);
});

test('--set takes one', () => {
  const members = 'param act: activation = relu\n  a: Conv(8, 3) -> act';
  expect(activationsOf(members, { act: 'leaky_relu(0.2)' })).toEqual(['leaky_relu 0.2']);
});

test('two calls of a block that differ in a slope are two', () => {
  const members = 'a: Unit(8, act: leaky_relu(0.2))\n  b: Unit(8, act: leaky_relu(0.3))';
  expect(activationsOf(members)).toEqual(['leaky_relu 0.2', 'leaky_relu 0.3']);
});

test('activations are compared with their slopes', () => {
  const compared = (a: string, b: string) => {
    const members = `param act: activation = ${a}\n  a: Conv(8, 3)\n    -> relu if act == ${b}`;
    return activationsOf(members).length === 1;
  };
  expect(compared('leaky_relu', 'leaky_relu(0.01)')).toBe(true);
  expect(compared('leaky_relu(0.2)', 'leaky_relu(0.2)')).toBe(true);
  expect(compared('leaky_relu(0.2)', 'leaky_relu')).toBe(false);
});

test('what is not a slope is refused', () => {
  const step = (text: string) => messages(model(`  a: Conv(8, 3) -> ${text}`));
  expect(step('leaky_relu(2)')).toEqual(["bad-size: 'slope' of 'leaky_relu' is 2; it must be from 0 to 1"]);
  expect(step('leaky_relu(-0.1)')[0]).toContain("bad-size: 'slope' of 'leaky_relu'");
  expect(step('leaky_relu(true)')).toEqual(["wrong-type: 'slope' of 'leaky_relu' must be a number, not a bool"]);
  expect(step('leaky_relu(0.1, 0.2)')[0]).toContain('too-many-arguments');
  expect(step('leaky_relu(negative_slope: 0.1)')[0]).toContain("did you mean 'slope'?");
  expect(step('relu(0.1)')[0]).toContain('too-many-arguments');
});

test('an activation with a slope is a value, not a tensor', () => {
  expect(problems(model('  a: Conv(8, 3) -> Add(leaky_relu(0.2))'))).toEqual(['wrong-type']);
  expect(problems(model('  a: Unit(leaky_relu(0.2))', block))).toEqual(['wrong-type']);
  expect(problems(model('  a: Unit(8, act: relu(0.2))', block))[0]).toBe('wrong-type');
  // a parameter has the slope of its value
  expect(problems(model('  param act: activation = leaky_relu\n  a: Conv(8, 3) -> act(0.3)'))[0]).toBe(
    'too-many-arguments',
  );
});
