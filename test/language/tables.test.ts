import { expect, test } from 'vitest';
import { asWritten } from '../../src/ops/labels.ts';
import { build, messages, model, nodeAt, problems } from './build.ts';

const unit = `
block Unit(x, channels: int, kernel: int = 3, stride: int = 1, act: activation = relu) {
  return x -> conv: Conv(channels, kernel, stride) -> act
}
block Plain(x, channels: int) {
  return x -> conv: Conv(channels, 1)
}`;
const table = (rows: string, before = 'Unit', members = '') => model(`${members}  s: ${before} {\n${rows}\n  }`, unit);
const convs = (text: string, options = {}) =>
  build(text, options).graph.nodes.flatMap((n) =>
    n.op.kind === 'conv'
      ? [`${n.path} ${n.op.filters} ${asWritten(n.op.window.kernel)}/${asWritten(n.op.window.stride)}`]
      : [],
  );

test('rule 5: columns are the parameters of the block, an empty cell leaves the default', () => {
  expect(convs(table('| channels | kernel |\n| 8 | 5 |\n| 16 | |'))).toEqual(['s.0.conv 8 5/1', 's.1.conv 16 3/1']);
});

test('rule 5: `repeat` builds a row several times, 1 without it, and none for 0', () => {
  expect(convs(table('| repeat | channels |\n| 2 | 8 |\n| 0 | 9 |\n| | 16 |'))).toEqual([
    's.0.0.conv 8 3/1',
    's.0.1.conv 8 3/1',
    's.2.0.conv 16 3/1',
  ]);
});

test('rule 5: a single `stride` is for the first block of its row, several go by order', () => {
  expect(convs(table('| repeat | channels | stride |\n| 3 | 8 | 2 |\n| 3 | 8 | 1, 2 |'))).toEqual([
    's.0.0.conv 8 3/2',
    's.0.1.conv 8 3/1',
    's.0.2.conv 8 3/1',
    's.1.0.conv 8 3/1',
    's.1.1.conv 8 3/2',
    's.1.2.conv 8 3/2',
  ]);
});

test('rule 5: values with commas go to the blocks of a row in order, the last goes on', () => {
  expect(convs(table('| repeat | channels | kernel |\n| 3 | 8, 16 | 1, 3, 5 |'))).toEqual([
    's.0.0.conv 8 1/1',
    's.0.1.conv 16 3/1',
    's.0.2.conv 16 5/1',
  ]);
});

test('rule 5: the column `block` names the block, an empty cell means the one before the table', () => {
  const text = table('| block | channels | kernel |\n| Plain | 8 | |\n| | 16 | 5 |');
  expect(convs(text)).toEqual(['s.0.conv 8 1/1', 's.1.conv 16 5/1']);
});

test('rule 5: blocks with commas in a cell', () => {
  expect(convs(table('| block | repeat | channels |\n| Plain, Unit | 3 | 8 |'))).toEqual([
    's.0.0.conv 8 1/1',
    's.0.1.conv 8 3/1',
    's.0.2.conv 8 3/1',
  ]);
});

test('rule 5: a block may be a parameter', () => {
  const text = table('| block | channels |\n| b | 8 |\n| | 16 |', 'b', '  param b: block = Unit\n');
  expect(convs(text)).toEqual(['s.0.conv 8 3/1', 's.1.conv 16 3/1']);
  expect(convs(text, { set: { b: 'Plain' } })).toEqual(['s.0.conv 8 1/1', 's.1.conv 16 1/1']);
});

test('rule 5: an activation may stand in the column `block`', () => {
  const { graph } = build(table('| block | channels |\n| Unit | 8 |\n| silu | |'));
  expect(graph.nodes.at(-1)?.op).toEqual({ kind: 'activation', fn: 'silu' });
});

test('rule 5: arguments before the table go to the rows whose block takes them; a cell wins over them', () => {
  expect(
    convs(table('| block | channels | kernel |\n| Plain | 8 | |\n| | 16 | |\n| | 16 | 7 |', 'Unit(kernel: 5)')),
  ).toEqual(['s.0.conv 8 1/1', 's.1.conv 16 5/1', 's.2.conv 16 7/1']);
});

test('rule 5: an argument that no row takes is an error, also where only the build knows the blocks', () => {
  expect(messages(table('| channels |\n| 8 |', 'Unit(kernl: 5)'))).toEqual([
    "argument-not-taken: no block of the table has a parameter 'kernl'; did you mean 'kernel'?",
  ]);
  expect(problems(table('| channels |\n| 8 |', 'b(kernl: 5)', '  param b: block = Unit\n'))).toEqual([
    'argument-not-taken',
  ]);
});

test('rule 5: a cell for a parameter that the block lacks must be empty, also where only the build knows the block', () => {
  expect(messages(table('| block | channels | kernel |\n| Plain | 8 | 3 |\n| | 8 | 3 |'))).toEqual([
    "cell-not-taken: 'Plain' has no parameter 'kernel'; its cell must be empty",
  ]);
  expect(problems(table('| channels | kernel |\n| 8 | 3 |', 'b', '  param b: block = Plain\n'))).toEqual([
    'cell-not-taken',
  ]);
});

test('rule 5: columns that no block takes, that stand twice, that are missing', () => {
  expect(messages(table('| chanels | kernel |\n| 8 | 3 |'))).toContain(
    "unknown-column: no block of this table has a parameter 'chanels'; did you mean 'channels'?",
  );
  expect(problems(table('| channels | channels |\n| 8 | 8 |'))).toEqual(['duplicate-column']);
  expect(messages(table('| kernel |\n| 8 |\n| 8 |'))).toEqual([
    "missing-column: 'Unit' needs 'channels': the table has no such column and no argument sets it",
  ]);
  expect(problems(table('| kernel |\n| 3 |', 'Unit(8)'))).toEqual([]);
  expect(problems(table('| channels |\n| |'))).toEqual(['missing-cell']);
  expect(problems(table('| channels | stride |\n| 8 | 2 |', 'Plain'))).toEqual(['unknown-column']);
});

test('rule 5: `index` and `count` run over all blocks of the table, in cells and in the arguments before it', () => {
  const text = table('| repeat | channels |\n| 2 | 8 + index |\n| 1 | count |', 'Unit(kernel: 1 + 2 * index)');
  expect(convs(text)).toEqual(['s.0.0.conv 8 1/1', 's.0.1.conv 9 3/1', 's.1.0.conv 3 5/1']);
});

test('cells see parameters, values and sections above', () => {
  const text = model(
    '  param c: int = 8\n  stem: Conv(c, 3)\n  s: Unit {\n| channels |\n| stem.channels * 2 |\n| c |\n}',
    unit,
  );
  expect(convs(text)).toEqual(['stem 8 3/1', 's.0.conv 16 3/1', 's.1.conv 8 3/1']);
});

test('a table in the middle of a chain takes what comes before it', () => {
  const text = model('  s: Conv(8, 3) -> rows: Unit {\n| channels |\n| 8 |\n} -> MaxPool(2)', unit);
  const { graph } = build(text);
  expect(graph.nodes.map((n) => n.path)).toEqual(['image', 's', 's.rows.0.conv', 's.rows.0.relu', 's.max_pool']);
});

test('a block may have a table of its own', () => {
  const blocks = `${unit}
block Stage(x, channels: int) {
  return x -> units: Unit(channels) {
    | repeat | kernel |
    | 2      | 3      |
  }
}`;
  const { graph } = build(model('  s: Stage {\n| name | channels |\n| c2 | 8 |\n}', blocks));
  expect(graph.nodes.map((n) => n.path)).toEqual([
    'image',
    's.c2.units.0.0.conv',
    's.c2.units.0.0.relu',
    's.c2.units.0.1.conv',
    's.c2.units.0.1.relu',
  ]);
  expect(nodeAt(graph, 's.c2.units.0.1.conv').place).toEqual({ section: 's', row: 'c2', operator: 'Stage' });
});

test('tables are values: a parameter chooses one, whatever stands below', () => {
  const text = model(
    `  param rows: table = small
  variants {
    | name | rows |
    | s | small |
    | l | large |
  }
  table small {
    | channels |
    | 8        |
  }
  table large {
    | channels | kernel |
    | 8        | 5      |
    | 16       | 5      |
  }
  s: Unit { rows }`,
    unit,
  );
  expect(convs(text)).toEqual(['s.0.conv 8 3/1']);
  expect(convs(text, { variant: 'l' })).toEqual(['s.0.conv 8 5/1', 's.1.conv 16 5/1']);
  expect(convs(text, { set: { rows: 'large' } })).toHaveLength(2);
});

test('a table may be given to a block, and its cells mean what they mean where it stands', () => {
  const blocks = `${unit}
block Stage(x, rows: table) {
  return x -> units: Unit { rows }
}`;
  const text = model('  param c: int = 8\n  table t {\n| channels |\n| c |\n}\n  s: Stage(t)', blocks);
  expect(convs(text)).toEqual(['s.units.0.conv 8 3/1']);
});

test('blocks are values: in lists, compared, passed on', () => {
  const blocks = `${unit}
block Either(x, first: block, channels: int) {
  return x -> a: first(channels) -> b: first(channels) if first == Plain
}`;
  expect(convs(model('  s: Either(Unit, 8) -> t: Either(Plain, 8)', blocks))).toEqual([
    's.a.conv 8 3/1',
    's.t.a.conv 8 1/1',
    's.t.b.conv 8 1/1',
  ]);
  const listed = model('  param kinds: block[] = [Plain, Unit]\n  s: b(8)', unit).replace(
    's: b(8)',
    'b = kinds[1]\n  s: b(8)',
  );
  expect(convs(listed)).toEqual(['s.conv 8 3/1']);
});

test('a row with too many or too few cells is one mistake', () => {
  expect(messages(table('| channels | kernel |\n| 8 |\n| 8 | 3 | 1 |'))).toEqual([
    'cell-count: the row has 1 cell, the header 2',
    'cell-count: the row has 3 cells, the header 2',
  ]);
});
