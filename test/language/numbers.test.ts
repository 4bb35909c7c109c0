import { expect, test } from 'vitest';
import { build, messages, model, problems } from './build.ts';

/** What an expression is worth, through a parameter of type `real`. */
function value(expr: string): number {
  return Number(build(model(`  param x: real = ${expr}\n  s: Conv(8, 3) -> Dropout(x * 0)`)).point.params[0]?.text);
}

test('arithmetic: precedence and association', () => {
  expect(value('1 + 2 * 3 ^ 2')).toBe(19);
  expect(value('2 ^ 3 ^ 2')).toBe(512);
  expect(value('-2 ^ 2')).toBe(-4);
  expect(value('8 - 4 - 2')).toBe(2);
  expect(value('8 / 4 / 2')).toBe(1);
  expect(value('(1 + 2) * 3')).toBe(9);
  expect(value('1e-3 * 1e3')).toBe(1);
});

test('conditions: comparisons, and, or, not', () => {
  const holds = (condition: string) => problems(model(`  require ${condition}\n  s: Conv(8, 3)`)).length === 0;
  expect(holds('1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 == 1 and 1 != 2')).toBe(true);
  expect(holds('not 1 == 2 or false')).toBe(true);
  expect(holds('1 == 2 or 2 == 3')).toBe(false);
  expect(holds('relu == relu and relu != silu and [1, 2] == [1, 2] and [1] != [1, 2]')).toBe(true);
  // the right side counts only where the left one leaves it open
  expect(holds('true or 1 / 0 == 1')).toBe(true);
});

test('rule 6: round(x, m) is the nearest multiple, halves up, at least m', () => {
  expect([value('round(2.5)'), value('round(11, 8)'), value('round(12, 8)'), value('round(1, 8)')]).toEqual([
    3, 8, 16, 8,
  ]);
  expect(value('round(0.3)')).toBe(1);
});

test('rule 6: round_filters(x, m) adds m where rounding takes more than a tenth', () => {
  expect([
    value('round_filters(11)'),
    value('round_filters(35)'),
    value('round_filters(35, 16)'),
    value('round(11, 8)'),
  ]).toEqual([16, 32, 32, 8]);
  expect(value('round_filters(19, 16)')).toBe(32);
});

test('functions: ceil, floor, min, max', () => {
  expect([value('ceil(1.1)'), value('floor(-1.1)'), value('min(3, 1, 2)'), value('max(3, 1, 2)')]).toEqual([
    2, -2, 1, 3,
  ]);
  expect(problems(model('  s: Conv(min(), 3)'))).toEqual(['wrong-argument-count']);
  expect(problems(model('  s: Conv(ceil(1, 2), 3)'))).toEqual(['wrong-argument-count']);
});

test('rule 6: numbers are doubles: ceil(2.2 * 25) is 56, though ceil(1.1 * 10) is 11', () => {
  expect([value('ceil(2.2 * 25)'), value('ceil(1.1 * 10)')]).toEqual([56, 11]);
});

test('rule 6: `int` accepts whole values only', () => {
  expect(messages(model('  param n: int = 1.5\n  s: Conv(n, 3)'))).toEqual([
    "not-whole: the default of 'n' must be a whole number, not 1.5",
  ]);
  expect(messages(model('  s: Conv(3 / 2, 3)'))).toEqual([
    "not-whole: 'channels' of 'Conv' must be a whole number, not 1.5",
  ]);
  expect(problems(model('  param n: int[] = [1, 3 / 2]\n  s: Conv(n[0], 3)'))).toEqual(['not-whole']);
  expect(problems(model('  s: Conv(6 / 2, 3)'))).toEqual([]);
});

test('types are held at calls, defaults, cells and overrides', () => {
  expect(messages(model('  s: Conv(true, 3)'))).toEqual([
    "wrong-type: 'channels' of 'Conv' must be a number, not a bool",
  ]);
  expect(problems(model('  param a: activation = 3\n  s: Conv(8, 3) -> a'))).toEqual(['wrong-type']);
  expect(problems(model('  s: Conv {\n| channels | kernel |\n| relu | 3 |\n}'))).toEqual(['wrong-type']);
  expect(problems(model('  param c: int = 8\n  s: Conv(c, 3)'), { set: { c: 'true' } })).toEqual(['wrong-type']);
  expect(problems(model('  l = [1, true]\n  s: Conv(l[0], 3)'))).toEqual(['wrong-type']);
});

test('a comprehension gives a list, an index takes an element', () => {
  const text = (i: string) => model(`  param l: int[] = [8, 16, 24]\n  m = [n * 2 for n in l]\n  s: Conv(m[${i}], 3)`);
  expect(build(text('2')).graph.nodes[1]?.shapes[0]?.[0]).toBe(48);
  expect(messages(text('3'))).toEqual(['index-range: there is no element 3; the list has 3']);
  expect(problems(text('-1'))).toEqual(['index-range']);
  expect(problems(text('0.5'))).toEqual(['index-range']);
});

test('a tensor tells its channels, height and width', () => {
  const { graph } = build(model('  a: Conv(8, 3, 2)\n  b: Conv(a.channels * a.height + a.width, 1)'));
  expect(graph.nodes.at(-1)?.shapes[0]?.[0]).toBe(8 * 16 + 16);
  expect(problems(model('  a: GlobalAvgPool -> fc: Linear(10)\n  b: Linear(a.height)'))).toEqual(['needs-space']);
});
