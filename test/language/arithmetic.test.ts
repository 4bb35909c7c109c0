import { expect, test } from 'vitest';
import { opLabel } from '../../src/report/op-label.ts';
import { build, lines, messages, model } from './build.ts';

const members = `  x: Conv(8, 3)
  gate: x -> GlobalAvgPool -> sigmoid
  pixels: x -> conv: Conv(1, 1)
  one: pixels -> GlobalAvgPool
  v: x -> fc: Linear(5)
`;
/** What the last nodes are and give. */
const built = (section: string) => {
  const { graph } = build(model(`${members}  s: ${section}\n  return s`));
  return graph.nodes.filter(({ path }) => path === 's' || path.startsWith('s.'));
};

test.each([
  ['Add(x, gate)', [8, 32, 32]],
  ['Sub(gate, x)', [8, 32, 32]],
  ['Mul(pixels, x, one)', [8, 32, 32]],
  ['Div(gate, pixels)', [8, 32, 32]],
  ['Add(one, gate)', [8, 1, 1]],
  ['Sub(v, v)', [5]],
  ['x -> Mul(one)', [8, 32, 32]],
])('an axis of 1 is repeated: %s', (section, shape) => {
  expect(built(section).at(-1)?.shapes).toEqual([shape]);
});

test.each([
  ['Mul(x, 0.5)', ['rescale'], '×0.5'],
  ['x -> Mul(2, 3)', ['rescale'], '×6'],
  ['Sub(1, x)', ['rescale'], '×-1 +1'],
  ['Sub(x, 0.25)', ['rescale'], '-0.25'],
  ['Div(x, 3)', ['rescale'], '×0.3333'],
  ['Add(x, gate, 1e-4)', ['add', 'rescale'], '+0.0001'],
  ['Add(0.5, x, 0.25, pixels)', ['add', 'rescale'], '+0.75'],
  ['Mul(x, gate, 1)', ['mul'], 'Mul'],
])('numbers among tensors: %s', (section, kinds, label) => {
  const nodes = built(section);
  expect(nodes.map(({ op }) => op.kind)).toEqual(kinds);
  expect(opLabel((nodes.at(-1) as (typeof nodes)[0]).op, 8)).toBe(label);
});

test('a section that begins with a number goes on from the one before', () => {
  const { graph } = build(model('  x: Conv(8, 3)\n  s: Mul(0.5)\n  t: Add(x, 1)\n  return s, t'));
  expect(lines(graph).slice(2)).toEqual(['s rescale [8, 32, 32] <- x', 't rescale [8, 32, 32] <- x']);
});

test.each(['Mul(x, 0.5)', 'Sub(x, gate)', 'Div(x, 2)'])(
  'earlier versions did not take what stood before: %s',
  (section) => {
    expect(messages(model(`${members}  s: ${section}\n  return s`))).toEqual([]);
  },
);

test('parameters are numbers too', () => {
  const block = 'block Damped(x, by: real = 0.5) { return Add(x, x -> conv: Conv(x.channels, 1) -> Mul(by)) }';
  const { graph } = build(model('  s: Damped(by: 0.1)', block));
  expect(lines(graph).slice(1)).toEqual([
    's.conv conv [3, 32, 32] <- image',
    's.mul rescale [3, 32, 32] <- s.conv',
    's.add add [3, 32, 32] <- image, s.mul',
  ]);
});

test.each([
  ['x -> Add(v)', "shape-mismatch: 'Add' cannot join [8, 32, 32] and [5]"],
  ['Sub(x, image)', "shape-mismatch: 'Sub' cannot join [8, 32, 32] and [3, 32, 32]"],
  ['x -> Concat(gate)', "shape-mismatch: 'Concat' cannot join [8, 32, 32] and [8, 1, 1]"],
  ['Sub(x, x, x)', "too-many-tensors: 'Sub' takes 2 tensors; its arguments provide 3"],
  ['x -> Sub(x, 1)', "too-many-tensors: 'Sub' takes 2 tensors; its arguments provide 2 and the chain 1 more"],
  ['Sub([x, x, x])', "too-many-tensors: 'Sub' takes 2 tensors; its arguments provide 3"],
  ['x -> Div', "missing-tensor: 'Div' needs the tensor 'y'"],
  ['x -> Div(0)', "number-operand: 'Div' cannot compute with 0 here"],
  ['Div(1, x)', "number-operand: 'Div' cannot compute with 1 here"],
  ['Mul(x, 1e30, 1e30)', "number-operand: 'Mul' cannot compute with 1e+30 and 1e+30 here"],
  ['x -> Concat(1)', "wrong-type: '1' must be tensors, not a number"],
  ['x -> Add(relu)', "wrong-type: 'relu' must be tensors, not an activation"],
])('%s is an error', (section, message) => {
  expect(messages(model(`${members}  s: ${section}\n  return s`))[0]).toContain(message);
});

test('numbers alone are not operands', () => {
  expect(messages(model('  x: Conv(8, 3)\n  y = Add(1, 2)\n  s: Add(x, y)'))[0]).toContain(
    "missing-tensor: 'Add' needs the tensor 'x'",
  );
});
