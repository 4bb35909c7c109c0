import { expect, test } from 'vitest';
import { checkSource } from '../../src/check-source.ts';
import { build, lines, messages, model, nodeAt, outputs, problems } from './build.ts';

/** The filters of the convolution `s`. */
const filters = (expr: string, before = '') => {
  const { graph } = build(model(`${before}  s: Conv(${expr}, 1)`));
  return nodeAt(graph, 's').shapes[0]?.[0];
};

test('`len` gives the number of elements of a list, or of tensors that travel together', () => {
  expect(filters('len([4, 8, 16])')).toBe(3);
  expect(filters('len([]) + 1')).toBe(1);
  expect(filters('len(layers) * 8', '  param layers: int[] = [2, 4]\n')).toBe(16);
  expect(filters('len(a) + len(Split(image, 1))', '  a = [image, image]\n')).toBe(3);
  expect(filters('len(stem)', '  stem: Split(image, 3)\n  t: image -> relu\n')).toBe(3);
  expect(messages(model('  s: Conv(len(3), 1)'))).toEqual([
    "wrong-type: the argument of 'len' must be a list, not a number",
  ]);
  expect(messages(model('  s: Conv(len([1], [2]), 1)'))).toEqual([
    "wrong-argument-count: 'len' takes 1 argument, not 2",
  ]);
  expect(messages(model('  s: Conv(len(list: [1]), 1)'))).toEqual(["unknown-parameter: 'len' has no parameter 'list'"]);
  expect(messages(model('  s: Conv(len(image), 1)'))).toEqual(["wrong-type: 'image' must be a list, not a tensor"]);
});

test('a comprehension over a whole number counts from 0', () => {
  expect(filters('[n * 2 for n in 4][3]')).toBe(6);
  expect(filters('[a + n for a, n in [10, 20], 2][1]')).toBe(21);
  expect(filters('len([0 for _ in 0]) + 2')).toBe(2);
  const { graph } = build(model('  l = [image -> c: Conv(4, 2 * i + 1) for i in 2]\n  s: Concat(l)'));
  expect(lines(graph).slice(1)).toEqual([
    'c.0 conv [4, 32, 32] <- image',
    'c.1 conv [4, 32, 32] <- image',
    's concat [8, 32, 32] <- c.0, c.1',
  ]);
});

test('what a comprehension counts to is a whole number, not negative, and bounded', () => {
  const said = (n: string) => messages(model(`  param n: real = 2\n  s: Conv([k for k in ${n}][0], 1) -> Dropout(n)`));
  expect(said('1.5')).toEqual(['not-whole: the number that a comprehension counts to must be a whole number, not 1.5']);
  expect(said('n / 4')).toEqual([
    'not-whole: the number that a comprehension counts to must be a whole number, not 0.5',
  ]);
  expect(said('-n')).toEqual(['bad-size: the number that a comprehension counts to is -2; it must be at least 0']);
  expect(said('1e9')).toEqual(['list-too-large: a list holds at most 10,000 elements']);
  expect(said('true')).toEqual(['wrong-type: what a comprehension runs over must be a list or a number, not a bool']);
  expect(problems(model('  s: Conv([k + l for k, l in [1, 2], 3][0], 1)'))).toEqual(['uneven-lists']);
});

const block = `
block Branches(x, n: int) { return [x -> conv: Conv(8, 1) for _ in n] }
block Halves(x, n: int) { return Split(x, n) }
block One(x) { return x -> conv: Conv(8, 1) }`;

test('a list of one behaves as a list: sums, products and joins of it are its element', () => {
  const nodes = (members: string) => lines(build(model(members, block)).graph).slice(1);
  expect(nodes('  s: Add([image -> c: Conv(8, 1)]) -> relu')).toEqual([
    's.c conv [8, 32, 32] <- image',
    's.relu activation [8, 32, 32] <- s.c',
  ]);
  expect(nodes('  l = [image]\n  s: l -> Concat -> c: Conv(8, 1)')).toEqual(['s.c conv [8, 32, 32] <- image']);
  expect(nodes('  s: Mul([image]) -> relu')).toEqual(['s.relu activation [3, 32, 32] <- image']);
  expect(nodes('  s: image -> b: Branches(1) -> Concat -> relu')).toEqual([
    's.b.conv.0 conv [8, 32, 32] <- image',
    's.relu activation [8, 32, 32] <- s.b.conv.0',
  ]);
  expect(nodes('  s: Branches(1)\n  t: s -> Add -> relu')).toHaveLength(2);
  expect(nodes('  s: Branches(1)\n  t: Add -> relu')).toHaveLength(2);
});

test('`Split(x, 1)` is a list of one', () => {
  const { graph } = build(model('  parts = Split(image, 1)\n  s: parts[0] -> relu\n  t: Concat(parts) -> relu', block));
  expect(outputs(graph)).toEqual(['t [3, 32, 32]']);
  expect(outputs(build(model('  s: [p -> relu for p in Split(image, 1)] -> Concat')).graph)).toEqual(['s [3, 32, 32]']);
  expect(outputs(build(model('  l = Halves(image, 1)\n  s: l[0] -> relu', block)).graph)).toEqual(['s [3, 32, 32]']);
  expect(messages(model('  a, b = Split(image, 1)\n  s: a -> Add(b)'))).toEqual(['tuple-size: 2 names for 1 value']);
});

test('one tensor that is not a list is still too few for a sum', () => {
  expect(messages(model('  s: Add(image)'))).toEqual([
    "missing-tensor: 'Add' needs the tensor 'y', which neither the chain nor an argument provides",
  ]);
  expect(problems(model('  s: image -> Add', block))).toEqual(['missing-tensor']);
  expect(problems(model('  s: image -> one: One -> Add', block))).toEqual(['missing-tensor']);
  expect(problems(model('  s: One\n  t: Add', block))).toEqual(['missing-tensor']);
});

test('a block that is kept for the next network of its family gives a list again', () => {
  const text = model(
    `  param n: int = 1
  variants {
    | name | n |
    | a    | 1 |
    | b    | 1 |
  }
  stem: Branches(n)
  s: Add -> relu`,
    block,
  );
  expect(checkSource({ name: 'test.enet', text }).diagnostics).toEqual([]);
});
