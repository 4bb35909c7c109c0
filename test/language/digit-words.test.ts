import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { parse } from '../../src/1-parse/parse.ts';
import { compile } from '../../src/compile.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import { build, messages, model, paths } from './build.ts';

const table = (rows: string) => model(`  stages: Conv {\n${rows}\n  }`);
const inception = model(`  stages: Conv {
    | name | channels | kernel |
    | 3a   | 8        | 3      |
    | 5b   | 16       | 5      |
  }
  side: stages.3a -> conv: Conv(4, 1)
  return low: stages.3a, high: stages.5b, side`);

test('rows may be called as in the papers on Inception, in paths and overrides too', () => {
  const { graph } = build(inception, { set: { 'stages.5b.kernel': '7' } });
  expect(paths(graph)).toEqual(['stages.3a', 'stages.5b', 'side.conv']);
  expect(graph.outputs.map((o) => o.name)).toEqual(['low', 'high', 'side']);
  expect(format({ name: 'test.enet', text: inception }).text).toBe(inception.trimStart());
});

test('a variant may be called so', () => {
  const text = model(`  variants {
    | name | w |
    | 2x   | 2 |
  }
  stem: Conv(w(8), 3)`);
  expect(build(text, { variant: '2x' }).graph.nodes[1]?.shapes[0]?.[0]).toBe(16);
});

const years = model(`  param wide: bool = variant == 2012
  variants {
    | name | n |
    | 2012 | 8 |
    | 7    | 4 |
    | x    | 2 |
  }
  param n: int = 16
  stem: Conv(n, 3) -> a: Conv(1, 1) if variant == 2012 -> a: Conv(2, 1) if variant == x -> b: Conv(1, 1) if wide`);
const outer = (argument: string) =>
  model(`  param early: bool = true\n  t: Old(${argument}) if early`, years.replace('model M', 'model Old'));
const stem = (text: string, options: object = {}) => build(text, options).graph.nodes[1]?.shapes[0]?.[0];

test('a variant may be called by a number, as by the year of a paper', () => {
  expect(paths(build(years, { variant: '2012' }).graph)).toEqual(['stem', 'stem.a', 'stem.b']);
  expect(stem(years, { variant: '7' })).toBe(4);
  expect(format({ name: 'test.enet', text: years }).text).toBe(years.trimStart());
  for (const [argument, width] of [
    ['variant: 2012', 8],
    ['variant: 2012 if early else 7', 8],
    ['variant: [7, 2012, x][0]', 4],
    ['variant: [7, 2012, x][2]', 2],
  ] as const) {
    expect(stem(outer(argument), { model: 'M' })).toBe(width);
  }
});

test('its name is its digits, and only where a variant is chosen is a number a name', () => {
  expect(messages(outer('variant: 2013'), { model: 'M' })).toEqual([
    "unknown-variant: 'Old' has no variant '2013' (it has 2012, 7, x); did you mean '2012'?",
  ]);
  expect(messages(years.replace('| 7    |', '| 2012 |'))[0]).toMatch(/^duplicate-row: .*2012/);
  for (const cell of ['07', '7.0', '7e0', '-7']) {
    expect(messages(years.replace('| 7 ', `| ${cell} `))).toContain(
      "wrong-type: the cell of 'name' must be one name, not a value",
    );
  }
  const block = 'block B(x, variant: int) { return x -> c: Conv(variant, 1) if variant == 5 }';
  expect(stem(model('  stem: B(variant: 5)', block))).toBe(5);
});

test('rows of stages go by their numbers, so that a number is not a name of theirs', () => {
  expect(messages(table('| name | channels | kernel |\n| 3 | 8 | 3 |'))).toEqual([
    "wrong-type: the cell of 'name' must be one name, not a value",
  ]);
});

test("a weight map's column may hold for such a variant", () => {
  const map = (variant: string) =>
    `${years}\nweights M {\n  convention torchvision: torch(epsilon: 1e-3) for ${variant}\n  | path | torchvision |\n  | stem | features.0 |\n}\n`;
  expect(messages(map('2012, x'), { variant: '2012' })).toEqual([]);
  expect(format({ name: 'test.enet', text: map('2012, x') }).text).toContain('for 2012, x');
  expect(messages(map('2013'), { variant: '2012' })).toEqual([
    "unknown-variant: 'M' has no variant '2013' (it has 2012, 7, x); did you mean '2012'?",
  ]);
});

test('a number with an exponent stays a number', () => {
  expect(build(model('  stem: Conv(1e1, 3E0) -> n: BatchNorm(1e-3)')).graph.nodes[1]?.shapes[0]?.[0]).toBe(10);
  expect(messages(table('| name | channels | kernel |\n| 1e3 | 8 | 3 |'))).toEqual([
    "wrong-type: the cell of 'name' must be one name, not a value",
  ]);
});

/** The text after the safe fixes, and what is said of it. */
function fixed(text: string) {
  const source = { name: 'test.enet', text };
  const { diagnostics } = compile(source);
  return applyFixes(
    source,
    diagnostics.flatMap((d) => d.fixes ?? []),
  ).text;
}

test.each([
  ['5x5', '5'],
  ['5 x 5', '5'],
  ['5×5', '5'],
  ['11x11', '11'],
  ['1x7', '[1, 7]'],
])('a window of %s is written as a size: %s', (written, size) => {
  const text = table(`| channels | kernel |\n| 8 | ${written} |`);
  expect(messages(text)).toEqual([
    `digit-word: '${written}' is neither a number nor a name; a window of that size is written ${size}`,
  ]);
  expect(fixed(text)).toBe(text.replace(written, size));
  expect(messages(model(`  stem: Conv(8, ${written})`))).toHaveLength(1);
});

test.each([
  ['Conv(8, 1x3)', "'1x3' is neither a number nor a name; a window of that size is written [1, 3]"],
  ['Conv(2w, 3)', "'2w' is neither a number nor a name; a product is written 2 * w"],
  ['3x3', "'3x3' is neither a number nor a name; a window of that size is written 3"],
])('elsewhere it is neither a number nor a name: %s', (step, message) => {
  expect(messages(model(`  stem: ${step}`))).toEqual([`digit-word: ${message}`]);
});

test.each([
  'model M {\n  input image: [3, 8, 8]\n  3a: Conv(8, 3)\n}',
  'model M {\n  param 2x: int = 1\n}',
  'block 3x3(x) {\n  return x\n}',
  'block B(x) {\n  return x -> 1x1: Conv(8, 1)\n}',
  'block B(x) {\n  2y = relu(x)\n  return x\n}',
  'block B(x) {\n  return x -> Conv(8, 2k: 3)\n}',
])('nothing but a row is called so', (text) => {
  const { diagnostics } = parse({ name: 'test.enet', text });
  expect(diagnostics.map((d) => d.message)).toEqual([
    expect.stringMatching(/^'\w+' is neither a number nor a name; a name begins with a letter or an underscore$/),
  ]);
});
