import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { build, lines, messages, model, problems } from './build.ts';

const space = readFileSync(new URL('../samples/mnasnet-space.enet', import.meta.url), 'utf8');
const table = (cells: string) => model(`  stages: Conv(kernel: 3) {\n    | repeat | channels |\n    ${cells}\n  }`);

test('an open choice is named, with how to settle it and how many more there are', () => {
  expect(messages(table('| {1, 2} | {8, 16} |'))).toEqual([
    'open-choice: the choice stages.0.repeat is open: --set stages.0.repeat=1|2 (and 1 more open choice)',
  ]);
});

test('a settled choice is what was chosen, once for all blocks of its row', () => {
  const { graph } = build(table('| {1, 2} | {8, 16} |'), {
    set: { 'stages.0.repeat': '2', 'stages.0.channels': '16' },
  });
  expect(lines(graph).slice(1)).toEqual([
    'stages.0.0 conv [16, 32, 32] <- image',
    'stages.0.1 conv [16, 32, 32] <- stages.0.0',
  ]);
});

test('a choice inside of an expression is settled by its own option', () => {
  const text = table('| 1 | round(24 * {0.75, 1, 1.25}, 8) |');
  expect(build(text, { set: { 'stages.0.channels': '1.25' } }).graph.nodes[1]?.shapes[0]?.[0]).toBe(32);
  expect(messages(text, { set: { 'stages.0.channels': '32' } })).toEqual([
    'not-a-choice: --set stages.0.channels: 32 is not one of its choices: 0.75, 1, 1.25',
  ]);
});

test('several choices in one cell have numbers', () => {
  const text = table('| 1 | {8, 16} * {1, 2} |');
  const set = { 'stages.0.channels': '16', 'stages.0.channels.1': '2' };
  expect(build(text, { set }).graph.nodes[1]?.shapes[0]?.[0]).toBe(32);
  expect(messages(text, { set: { 'stages.0.channels': '16' } })[0]).toMatch(
    /the choice stages\.0\.channels\.1 is open/,
  );
});

test('choices stand in cells only', () => {
  expect(problems(model('  s: Conv({8, 16}, 3)'))).toEqual(['choice-outside-cell']);
});

test("MnasNet's search space: all choices are named", () => {
  const [only] = messages(space);
  expect(only).toBe(
    'open-choice: the choice stages.1.repeat is open: --set stages.1.repeat=1|2|3 (and 35 more open choices)',
  );
});

test('a choice that the chosen block does not take cannot be settled', () => {
  const set = { 'stages.2.block': 'SeparableConv', 'stages.2.expand': '6' };
  expect(messages(space, { set }).at(-1)).toBe(
    'unused-override: --set stages.2.expand changes nothing: the block of that row does not take it',
  );
});

const chosen = [
  ['MBConv', 2, 1, 3, 6, 0],
  ['SeparableConv', 3, 0.75, 5, 3, 0.25],
  ['ConvBnAct', 4, 1.25, 3, 3, 0],
  ['MBConv', 2, 1, 5, 6, 0.25],
  ['MBConv', 3, 1.25, 5, 3, 0.25],
  ['MBConv', 1, 1, 3, 6, 0],
] as const;

test('a settled search space builds, and equals the spec written by hand', () => {
  const names = ['block', 'repeat', 'channels', 'kernel', 'expand', 'se'] as const;
  const settled = Object.fromEntries(
    chosen.flatMap((row, i) =>
      // only an MBConv has the last two
      names.slice(0, row[0] === 'MBConv' ? 6 : 4).map((name, k) => [`stages.${i + 1}.${name}`, String(row[k])]),
    ),
  );
  const widths = [24, 32, 64, 96, 160, 320];
  const strides = [2, 2, 2, 1, 2, 1];
  const rows = chosen.map(([block, repeat, factor, kernel, expand, se], i) => {
    const own = block === 'MBConv' ? `${expand} | ${se}` : ' | ';
    return `| ${block} | ${repeat} | round(${widths[i]} * ${factor}, 8) | ${kernel} | ${strides[i]} | ${own} |`;
  });
  const start = space.indexOf('    | {MBConv');
  const end = space.indexOf('  }\n', start);
  const written = build(`${space.slice(0, start)}${rows.join('\n')}\n${space.slice(end)}`);
  expect(lines(build(space, { set: settled }).graph)).toEqual(lines(written.graph));
});

test('a choice in a conditional value says where the condition goes', () => {
  const table = (cell: string) =>
    model(`  param big: bool = true\n  s: Conv {\n    | channels | kernel |\n    | 8 | ${cell} |\n  }`);
  expect(messages(table('{3, 5} if big else 7'))).toEqual([
    'choice-outside-cell: a choice is only allowed in a cell of a stage table and in no conditional value; put the condition into its options: {(3 if condition else 5), 7}',
  ]);
  expect(messages(table('{(3 if big else 5), 7}'))).toEqual([expect.stringMatching(/^open-choice/)]);
});

describe('choices that share a name', () => {
  const shared = (first: string, second: string) => table(`| {1, 2} | ${first} |\n    | {1, 2} | ${second} |`);
  const wide = shared('{wide: 8, 16}', 'round(2 * { wide : 8, 16 }, 8)');

  test('are one decision, settled by its name', () => {
    expect(messages(wide)).toEqual([
      'open-choice: the choice stages.0.repeat is open: --set stages.0.repeat=1|2 (and 2 more open choices)',
    ]);
    const set = { 'stages.0.repeat': '1', 'stages.1.repeat': '1' };
    expect(messages(wide, { set })).toEqual(['open-choice: the choice wide is open: --set wide=8|16']);
    expect(lines(build(wide, { set: { ...set, wide: '16' } }).graph).slice(1)).toEqual([
      'stages.0.0 conv [16, 32, 32] <- image',
      'stages.1.0 conv [32, 32, 32] <- stages.0.0',
    ]);
  });

  test.each([
    ['wide', '4', 'not-a-choice: --set wide: 4 is not one of its choices: 8, 16'],
    ['wid', '8', "unknown-override: --set wid: 'M' has no parameter 'wid' here; did you mean 'wide'?"],
    [
      'stages.0.channels',
      '8',
      'unused-override: --set stages.0.channels changes nothing: the choice of that cell has a name: --set wide',
    ],
  ])('--set %s=%s', (name, value, message) => {
    expect(messages(wide, { set: { [name]: value } })).toContain(message);
  });

  test('one that nothing built takes cannot be settled', () => {
    const text = table('| {0, 1} | {wide: 8, 16} |');
    expect(messages(text, { set: { 'stages.0.repeat': '0', wide: '8' } })).toContain(
      'unused-override: --set wide changes nothing: no block that is built takes that choice',
    );
  });

  test('state the same options, and have a name that no parameter has', () => {
    expect(problems(shared('{wide: 8, 16}', '{wide: 8, 24}'))).toEqual(['choices-of-one-name']);
    expect(problems(shared('{image: 8, 16}', '{image: 8, 16}'))).toEqual(['duplicate-name']);
    expect(problems(shared('{w: 8, 16}', '{w: 8, 16}'))).toEqual(['reserved-name']);
  });

  test('belong to the model or the block that has the table, and to each use of it', () => {
    const block = `block Two(x) {
  return x -> c: Conv(kernel: 3) {
    | channels    |
    | {wide: 8, 16} |
    | {wide: 8, 16} |
  }
}

`;
    const text = `${block}${model('  a: Two\n  b: Two')}`;
    expect(messages(text)).toEqual([
      'open-choice: the choice a.wide is open: --set a.wide=8|16 (and 1 more open choice)',
    ]);
    const { graph } = build(text, { set: { 'a.wide': '16', 'b.wide': '8' } });
    expect(graph.nodes.map(({ shapes }) => shapes[0]?.[0])).toEqual([3, 16, 16, 8, 8]);
  });
});
