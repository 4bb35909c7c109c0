import { expect, test } from 'vitest';
import { asWritten } from '../../src/ops/labels.ts';
import { build, messages, model, paths, problems } from './build.ts';

const unit = `
block Unit(x, channels: int, stride: int = 1) {
  return x -> conv: Conv(channels, 3, stride) -> bn: BatchNorm -> relu
}`;

test('rule 4: section, then label', () => {
  const { graph } = build(model('  stem: Unit(8) -> second: Unit(8) -> last: Conv(8, 1)', unit));
  expect(paths(graph)).toEqual(['stem.conv', 'stem.bn', 'stem.second.conv', 'stem.second.bn', 'stem.last']);
});

test('rule 4: the first step of a section has the path of the section, or of its label', () => {
  expect(paths(build(model('  stem: Conv(8, 3)')).graph)).toEqual(['stem']);
  expect(paths(build(model('  stem: conv: Conv(8, 3) -> bn: BatchNorm')).graph)).toEqual(['stem.conv', 'stem.bn']);
});

test('rule 4: two steps of one path are an error', () => {
  expect(messages(model('  stem: Unit(8) -> conv: Conv(8, 1)', unit))).toEqual([
    "duplicate-path: two steps with parameters have the path 'stem.conv'",
  ]);
});

test('rule 4: a row goes by its number, or by its name', () => {
  const numbered = build(model('  s: Unit {\n    | channels |\n    | 8 |\n    | 16 |\n  }', unit));
  expect(paths(numbered.graph)).toEqual(['s.0.conv', 's.0.bn', 's.1.conv', 's.1.bn']);
  const named = build(model('  s: Unit {\n    | name | channels |\n    | c2 | 8 |\n    | c3 | 16 |\n  }', unit));
  expect(paths(named.graph)).toEqual(['s.c2.conv', 's.c2.bn', 's.c3.conv', 's.c3.bn']);
});

test('rule 4: with a column `repeat` the number of the block in its row follows, even where it is 1', () => {
  const { graph } = build(
    model('  s: Conv(kernel: 1) {\n    | repeat | channels |\n    | 2 | 8 |\n    | 1 | 16 |\n  }'),
  );
  expect(paths(graph)).toEqual(['s.0.0', 's.0.1', 's.1.0']);
});

test('rule 4: a labelled table stands under its label', () => {
  const { graph } = build(model('  s: Conv(8, 3) -> rest: Conv(kernel: 1) {\n    | channels |\n    | 8 |\n  }'));
  expect(paths(graph)).toEqual(['s', 's.rest.0']);
});

test("rule 4: inside `for` a label gets the element's number, inside two of them both", () => {
  const one = build(model('  l = [image -> c: Conv(n, 1) for n in [4, 8]]\n  t = Concat(l)\n  s: t -> relu'));
  expect(paths(one.graph)).toEqual(['c.0', 'c.1']);
  const two = build(
    model('  l = [[image -> c: Conv(n * m, 1) for n in [4, 8]] for m in [1, 2]]\n  t = Concat(l)\n  s: t -> relu'),
  );
  expect(paths(two.graph)).toEqual(['c.0.0', 'c.0.1', 'c.1.0', 'c.1.1']);
});

test('rule 4: a comprehension runs over several lists side by side', () => {
  const { graph } = build(
    model('  l = [image -> c: Conv(n, k) for n, k in [4, 8], [1, 3]]\n  t = Concat(l)\n  s: t -> relu'),
  );
  expect(
    graph.nodes.flatMap((n) => (n.op.kind === 'conv' ? [[n.op.filters, asWritten(n.op.window.kernel)]] : [])),
  ).toEqual([
    [4, 1],
    [8, 3],
  ]);
  expect(problems(model('  l = [n + k for n, k in [4, 8], [1]]\n  s: Conv(l[0], 1)'))).toEqual(['uneven-lists']);
});

test('rule 4: labels inside a block follow its own path', () => {
  const blocks = `${unit}\nblock Pair(x) {\n  y = x -> left: Unit(8)\n  return y -> right: Unit(8)\n}`;
  expect(paths(build(model('  s: Pair -> again: Pair', blocks)).graph)).toEqual(
    ['s.left', 's.right', 's.again.left', 's.again.right'].flatMap((p) => [`${p}.conv`, `${p}.bn`]),
  );
});

test('rule 4: a step that owns parameters has a label, one that owns none needs none', () => {
  expect(problems(model('  s: relu -> Conv(8, 3)'))).toEqual(['missing-label']);
  expect(problems(model('  s: relu -> Unit(8)', unit))).toEqual(['missing-label']);
  expect(problems(model('  s: Conv(8, 3) -> relu -> MaxPool(2) -> Dropout(0.1)'))).toEqual([]);
  const empty = 'block Twice(x) { return x -> relu -> relu }';
  expect(problems(model('  s: Conv(8, 3) -> Twice -> Twice', empty))).toEqual([]);
});

test('rule 4: labels are not values, sections are', () => {
  expect(problems(model('  a: relu -> c: Conv(8, 3)\n  b: c -> relu'))).toEqual(['unknown-name']);
  expect(problems(model('  a: relu -> c: Conv(8, 3)\n  b: a -> relu'))).toEqual([]);
});

test('rule 4: the rows and blocks of a section are values', () => {
  const table =
    '  s: Conv(kernel: 1) {\n    | name | repeat | channels |\n    | c2 | 2 | 8 |\n    | c3 | 1 | 16 |\n  }\n';
  const width = (path: string) => build(model(`${table}  t: ${path} -> relu`)).graph.nodes.at(-1)?.shapes[0]?.[0];
  expect([width('s'), width('s.c2'), width('s.c2.0'), width('s.c3')]).toEqual([16, 8, 8, 16]);
  expect(build(model(`${table}  t: s.c2 -> relu`)).graph.nodes.length).toBe(4);
  expect(messages(model(`${table}  t: s.c4 -> relu`))).toEqual([
    "unknown-property: the section 's' has no 'c4'; did you mean 'c2'?",
  ]);
  expect(problems(model(`${table}  t: s.c2.7 -> relu`))).toEqual(['unknown-property']);
});

test('rule 4: one namespace: sections, parameters, tables and values', () => {
  expect(problems(model('  param a: int = 8\n  a: Conv(a, 1)'))).toEqual(['duplicate-name']);
  expect(problems(model('  a: Conv(8, 1)\n  a: relu'))).toEqual(['duplicate-name']);
  expect(problems(model('  a: Conv(8, 1)\n  a = a -> relu'))).toContain('duplicate-name');
  expect(problems(model('  a: Conv([k for k, k in [1], [8]][0], 1)'))).toContain('duplicate-name');
});

test('ops without tensors take the path of where they stand, and their name', () => {
  const { graph } = build(model('  head: GlobalAvgPool -> Dropout(0.1) -> relu'));
  expect(graph.nodes.map((n) => n.path)).toEqual(['image', 'head', 'head.dropout', 'head.relu']);
});

test('each node knows its stage', () => {
  const { graph } = build(
    model(
      '  stem: Conv(8, 1)\n  s: Unit {\n    | name | repeat | channels |\n    | c2 | 2 | 8 |\n    | c3 | 1 | 8 |\n  }',
      unit,
    ),
  );
  expect(graph.nodes.map((n) => n.place)).toEqual([
    { section: 'image' },
    { section: 'stem' },
    ...[0, 0, 0, 1, 1, 1].map((block) => ({ section: 's', row: 'c2', operator: 'Unit', block })),
    ...[0, 0, 0].map((block) => ({ section: 's', row: 'c3', operator: 'Unit', block })),
  ]);
});
