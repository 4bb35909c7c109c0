import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { compile } from '../../src/compile.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import { build, lines, messages, model, nodeAt, parameterCount, problems } from './build.ts';

/** What an expression is worth, through a parameter of type `real`. */
function value(expr: string): number {
  return Number(build(model(`  param x: real = ${expr}\n  s: Conv(8, 3) -> Dropout(x * 0)`)).point.params[0]?.text);
}

test('`%` is the remainder of the division rounded down, as tight as a product', () => {
  expect([value('7 % 4'), value('-1 % 4'), value('1 % -4'), value('-8 % 4'), value('8 % -4')]).toEqual([
    3, 3, -3, 0, 0,
  ]);
  expect([value('2 + 7 % 4 * 2'), value('2 ^ 3 % 5'), value('-7 % 4'), value('5.5 % 2')]).toEqual([8, 3, 1, 1.5]);
  expect(problems(model('  s: Conv(8 % 0, 3)'))).toEqual(['division-by-zero']);
});

test('`a if condition else b` is one of two values; several are read from the left', () => {
  expect([value('1 if true else 2'), value('1 if 2 > 3 else 2')]).toEqual([1, 2]);
  const size = (n: number) => value(`1 if ${n} < 10 else 2 if ${n} < 100 else 3`);
  expect([size(5), size(50), size(500)]).toEqual([1, 2, 3]);
  expect(value('1 + 1 if false else 2 * 3')).toBe(6);
  expect(value('10 * (1 if false else 2)')).toBe(20);
  expect(value('[1, 2][(0 if false else 1)]')).toBe(2);
  expect(value('[n if n % 2 == 0 else 0 - n for n in 4][3]')).toBe(-3);
});

test('only the value that is chosen is evaluated, and built', () => {
  expect(value('1 if true else 1 / 0')).toBe(1);
  const { graph } = build(
    model(
      '  param wide: bool = false\n  y = (image -> a: Conv(64, 3)) if wide else (image -> b: Conv(4, 1))\n  s: y -> relu',
    ),
  );
  expect(lines(graph).slice(1)).toEqual(['b conv [4, 32, 32] <- image', 's.relu activation [4, 32, 32] <- b']);
});

test('blocks, activations, paddings, lists and tensors can be chosen', () => {
  const block = `
block A(x) { return x -> c: Conv(4, 3) }
block B(x, deep: bool = true, unit: block = A if deep else C, act: activation = relu if deep else silu) {
  return x -> u: unit -> act
}
block C(x) { return x -> c: Conv(8, 5) }`;
  expect(lines(build(model('  s: B(deep: false)', block)).graph).slice(1)).toEqual([
    's.u.c conv [8, 32, 32] <- image',
    's.silu activation [8, 32, 32] <- s.u.c',
  ]);
  const padded = build(model('  param p: bool = false\n  s: Conv(4, 3, padding: valid if p else 1)'));
  expect(nodeAt(padded.graph, 's').shapes).toEqual([[4, 32, 32]]);
  const listed = build(model('  param p: bool = false\n  l = [4] if p else [8, 16]\n  s: Conv(l[1], 1)'));
  expect(nodeAt(listed.graph, 's').shapes).toEqual([[16, 32, 32]]);
  const first = build(model('  param p: bool = false\n  a: Conv(4, 1)\n  s: (a if p else image) -> relu'));
  expect(lines(first.graph).at(-1)).toBe('s.relu activation [3, 32, 32] <- image');
});

test('a condition is a bool, and both values fit the same places', () => {
  expect(messages(model('  s: Conv(8 if 1 else 4, 3)'))).toEqual(["wrong-type: '1' must be a bool, not a number"]);
  expect(messages(model('  s: Conv(8 if true else relu, 3)'))).toEqual([
    "wrong-type: 'relu', in place of '8', must be a number, not an activation",
  ]);
  expect(messages(model('  s: Conv(relu if true else silu, 3)'))).toEqual([
    "wrong-type: 'channels' of 'Conv' must be a number, not an activation",
  ]);
});

test('no choice of a search space stands in a conditional value: what is open may not hang on what is built', () => {
  const text = model(
    '  s: Conv {\n    | channels                | kernel |\n    | {8, 16} if true else 4 | 3      |\n  }',
  );
  expect(problems(text)).toEqual(['choice-outside-cell']);
});

test('an arrow after `else` needs parentheses, and both fixes give them', () => {
  const text = model('  param p: bool = true\n  a: Conv(4, 1)\n  y = a if p else image -> relu\n  s: y -> relu6');
  const { diagnostics } = compile({ name: 'test.enet', text });
  expect(diagnostics.map((d) => d.code)).toEqual(['conditional-chain']);
  const fixed =
    diagnostics[0]?.fixes?.map((fix) => applyFixes({ name: 'test.enet', text }, [{ ...fix, safe: true }]).text) ?? [];
  expect(fixed.map((t) => t.match(/y = .*/)?.[0])).toEqual([
    'y = (a if p else image) -> relu',
    'y = a if p else (image -> relu)',
  ]);
});

test('an `else` behind a step, and one that is missing, are explained', () => {
  expect(messages(model('  s: Conv(8, 3) if true else relu'))).toEqual(["stray-else: this 'else' belongs to no value"]);
  expect(messages(model('  s: Conv(8 if true, 3)'))).toEqual(["syntax: expected 'else', found ','"]);
});

test('the formatter keeps conditional values, and breaks those that are too long', () => {
  const printed = (text: string) => format({ name: 't.enet', text }).text;
  const short = 'block B(x, p: bool) {\n  y = x if p else (x -> relu)\n  return y\n}\n';
  expect(printed(short.replaceAll('  ', ' '))).toBe(short);
  const name = 'a_name_that_takes_very_much_room_on_its_line';
  const long = `block B(${name}, p: bool) {\n  y = (${name} -> relu) if p and not p else (${name} -> silu)\n  return y\n}\n`;
  const broken = printed(long);
  expect(broken).toBe(
    `block B(${name}, p: bool) {\n  y = (${name} -> relu)\n    if p and not p\n    else (${name} -> silu)\n  return y\n}\n`,
  );
  expect(printed(broken)).toBe(broken);
});

/** The codes of what is wrong where two steps share a label. */
const shared = (first: string, second: string) =>
  problems(
    model(
      '  s: One(2) -> two: One(1, false, silu, B)',
      `block B(x) { return x }
block One(x, n: int, p: bool = true, act: activation = relu, unit: block = Two) {
  y = unit(x) -> act
  return y -> c: Conv(8 + n, 3) if ${first} -> c: Conv(4, 1) if ${second} -> relu if p
}
block Two(x) { return x }`,
    ),
  );

test.each([
  ['p', 'not p'],
  ['not (n == 1)', 'n == 1'],
  ['n == 1', 'n == 2'],
  ['n == 1', 'n != 1'],
  ['n < 2', 'n >= 2'],
  ['n < 2', 'n > 3'],
  ['n < 2', '4 <= n'],
  ['n == 1', '1 < n'],
  ['x.channels < n', 'x.channels >= n'],
  ['x.channels < n', 'n <= x.channels'],
  ['p and n == 1', 'n == 2'],
  ['p and n == 1', 'not p and n == 1'],
  ['p or n == 1', 'not (p or n == 1)'],
  ['act == relu', 'act == silu'],
  ['unit == B', 'unit == Two'],
  ['p == true', 'p == false'],
  ['x.channels % 2 == 0', 'x.channels % 2 == 1'],
])('steps share a label where their conditions exclude each other: %s, %s', (first, second) => {
  expect(shared(first, second)).toEqual([]);
});

test.each([
  ['p', 'p'],
  ['p', 'n == 1'],
  ['p', 'true'],
  ['n <= 2', 'n >= 2'],
  ['n < 3', 'n > 1'],
  ['n != 1', 'n != 2'],
  ['n == 1', 'x.channels == 2'],
  ['p or n == 1', 'not p'],
  ['p or n == 1', 'not p and n == 2'], // they cannot be combined, but not as they are written
  ['not (p and n == 1)', 'p'],
  ['act == relu', 'unit == B'],
  ['n == x.channels', 'n == x.height'],
])('and not where both may hold: %s, %s', (first, second) => {
  expect(shared(first, second)).toEqual(['duplicate-label']);
});

test('the condition of an outer step governs the labels inside, and so do the two values of a conditional', () => {
  const of = (body: string) => problems(model('  s: B(true)', `block B(x, p: bool) { return ${body} }`));
  expect(of('x -> Add(x -> c: Conv(x.channels, 1)) if p -> c: Conv(4, 1) if not p')).toEqual([]);
  expect(of('x -> Add(x -> c: Conv(x.channels, 1)) -> c: Conv(4, 1) if not p')).toEqual(['duplicate-label']);
  expect(of('(x -> c: Conv(4, 1)) if p else (x -> c: Conv(8, 3))')).toEqual([]);
  expect(of('Add(x if p else (x -> c: Conv(3, 1)), (x -> c: Conv(3, 1)) if p else x)')).toEqual([]);
  expect(of('Add(x if p else (x -> c: Conv(3, 1)), x if p else (x -> c: Conv(3, 1)))')).toEqual(['duplicate-label']);
  expect(problems(model('  param p: bool = true\n  s: c: Conv(8, 1) if p -> c: Conv(8, 1) if not p'))).toEqual([]);
});

test('two variants cannot be combined', () => {
  const variants = '  variants {\n    | name |\n    | a    |\n    | b    |\n  }\n';
  const of = (first: string, second: string) =>
    problems(
      model(`${variants}  s: image -> c: Conv(3, 1) if variant == ${first} -> c: Conv(4, 1) if variant == ${second}`),
    );
  expect(of('a', 'b')).toEqual([]);
  expect(of('a', 'a')).toEqual(['duplicate-label']);
});

test('names that are bound apart are not the same condition', () => {
  const text = model(
    '  l = [image -> c: Conv(4, 1) if k == 0 for k in 1]\n  m = [image -> c: Conv(4, 1) if k == 1 for k in 2]\n  s: l[0] -> Add(m[1])',
  );
  expect(problems(text)).toEqual(['duplicate-label']);
});

test('a path belongs to the step that is built', () => {
  const text = (p: boolean) =>
    model(`  s: B(${p})`, 'block B(x, p: bool) { return x -> c: Conv(4, 1) if p -> c: Conv(8, 3) if not p }');
  expect(parameterCount(build(text(true)).graph)).toBe(3 * 4 + 4);
  expect(parameterCount(build(text(false)).graph)).toBe(3 * 9 * 8 + 8);
});

test('a label is compared with 16 others of its name at most', () => {
  const steps = (n: number) => Array.from({ length: n }, (_, i) => `-> c: Conv(4, 1) if n == ${i}`).join(' ');
  const of = (n: number) => problems(model('  s: B(1)', `block B(x, n: int) { return x ${steps(n)} }`));
  expect([of(16), of(17)]).toEqual([[], ['duplicate-label']]);
});

test.each([
  ['s: Conv(8, 3) if true else relu'],
  ['s: image -> relu if true else silu'],
  ['s: image -> Add(image -> relu if true else silu)'],
  ['s: c: Conv(8, 3) -> relu if true else silu'],
])('an `else` behind a step is one mistake: %s', (section) => {
  expect(problems(model(`  ${section}\n  t: Conv(4, 1)`))).toEqual(['stray-else']);
});

test.each([
  ['y = 1 if true else 2\n  s: Conv(y, 1)'],
  ['s: Conv(channels: 4 if true else 8, kernel: 3 if false else 1)'],
  ['s: image -> c: Conv(4 if true else 8, 1 if false else 3)'],
  ['s: Conv([4 if true else 8, 2][0], 1)'],
  ['s: Conv {\n    | channels            | kernel |\n    | 4 if true else 8, 8 | 3      |\n  }'],
  ['s: image -> Add(image if true else (image -> relu if false))'],
  ['s: Conv(4 if true else 8 if false else 2, 1)\n  return s if true else image'],
])('and one in a value is none: %s', (section) => {
  expect(problems(model(`  ${section}`))).toEqual([]);
});
