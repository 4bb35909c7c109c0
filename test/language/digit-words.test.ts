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
