import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { applyFixes } from '../../src/diagnostics/apply-fixes.ts';
import { build, lines, messages, model, nodeAt, problems } from './build.ts';

const blocks = `
block Joined(a, b, channels: int) { return Concat(a, b) -> conv: Conv(channels, 1) }
block Late(n: int, x, y) { return Add(x, y) -> conv: Conv(n, 1) }
block Unit(x, channels: int) { return x -> conv: Conv(channels, 3) }`;
const text = (section: string) =>
  model(
    `  stem: Conv(8, 3)
  body: Conv(8, 3)
  side: stem -> conv: Conv(8, 1)
  ${section}`,
    blocks,
  );
const inputsOf = (section: string, path: string) => {
  const { graph } = build(text(section));
  return nodeAt(graph, path).inputs.map((ref) => graph.nodes[ref.node]?.path);
};

test.each([
  ['both: Add(stem, body)', 'both', ['stem', 'body']],
  ['both: Mul(stem, body, stem)', 'both', ['stem', 'body', 'stem']],
  ['both: Concat([stem, body])', 'both', ['stem', 'body']],
  ['xs = [stem, body]\n  both: joined: Concat(xs) -> relu', 'both.joined', ['stem', 'body']],
  ['both: Joined(stem, body, 8)', 'both.concat', ['stem', 'body']],
  ['both: Joined(b: stem, a: body, channels: 8)', 'both.concat', ['body', 'stem']],
  ['both: Late(8, stem, body)', 'both.add', ['stem', 'body']],
  ['both: relu(stem)', 'both', ['stem']],
  ['both: Conv(stem, 4, 3)', 'both', ['stem']],
  ['both: Linear(GlobalAvgPool(stem), 10)', 'both.global_avg_pool', ['stem']],
  ['both: Unit(stem) {\n    | channels |\n    | 8        |\n  }', 'both.0.conv', ['stem']],
  ['both: Unit(x: stem, channels: 4) {\n    | repeat |\n    | 2      |\n  }', 'both.0.0.conv', ['stem']],
])('a section that begins with tensors takes these alone: %s', (section, path, inputs) => {
  expect(inputsOf(section, path)).toEqual(inputs);
});

test.each([
  ['both: Unit(8)', 'both.conv', ['side.conv']],
  ['both: side -> Add(stem, body)', 'both.add', ['side.conv', 'stem', 'body']],
  ['both: stem -> relu -> Concat(body)', 'both.concat', ['both.relu', 'body']],
  ['both: stem -> joined: Joined(body, 8)', 'both.joined.concat', ['stem', 'body']],
])('what a chain brings is always taken, and stands first: %s', (section, path, inputs) => {
  expect(inputsOf(section, path)).toEqual(inputs);
});

test('a model of several inputs, and one that is a step, take what they are given', () => {
  const pair = `
model Pair {
  input a: [8, 32, 32]
  input b: [8, 32, 32]
  sum: a -> Add(b)
}`;
  const of = (members: string) => lines(build(model(members, pair), { model: 'M' }).graph).slice(-1);
  const sections = '  stem: Conv(8, 3)\n  body: Conv(8, 3)\n';
  expect(of(`${sections}  pair: Pair(stem, body)`)).toEqual(['pair.sum.add add [8, 32, 32] <- stem, body']);
  expect(of(`  input u: [8, 4, 4]\n  input v: [8, 4, 4]\n  pair: Pair`)).toEqual([
    'pair.sum.add add [8, 4, 4] <- u, v',
  ]);
  expect(messages(model('  input u: [8, 4, 4]\n  input v: [8, 4, 4]\n  sum: Add(u, v)'))).toEqual([
    "tensors-before: 'Add' takes only the tensors given here; earlier versions also took the preceding 'u, v'",
  ]);
});

/** The text with the first safe fix of what is said applied. */
function fixed(section: string): string {
  const source = { name: 'test.enet', text: text(section) };
  const { diagnostics } = compile({ name: 'test.enet', text: text(section) });
  return applyFixes(
    source,
    diagnostics.flatMap((d) => d.fixes ?? []),
  ).text;
}

test.each([
  ['both: Add(stem, body)', 'both: side -> Add(stem, body)'],
  ['both: joined: Concat([stem, body]) -> relu', 'both: side -> joined: Concat([stem, body]) -> relu'],
  ['both: Add(stem, body) if 1 > 2', 'both: side -> Add(stem, body) if 1 > 2'],
  ['both: Add(body)', 'both: side -> Add(body)'],
  ['both: Joined(body, 8)', 'both: Joined(side, body, 8)'],
  ['both: Joined(b: body, channels: 8)', 'both: Joined(side, b: body, channels: 8)'],
  ['both: Late(8, body)', 'both: Late(x: side, 8, body)'],
])('what meant something else before is told, and --fix writes the old meaning out: %s', (section, written) => {
  expect(problems(text(section))).toHaveLength(1);
  const after = fixed(section);
  expect(after).toBe(text(written));
  expect(problems(after)).toEqual([]);
});

test.each([
  ['both: (Add(stem, body))', 'both: (side -> Add(stem, body))'],
  ['both: ((Add(stem, body))) -> relu', 'both: ((side -> Add(stem, body))) -> relu'],
  ['both: sum: (Add(stem, body))', 'both: sum: (side -> Add(stem, body))'],
  ['both: (Joined(body, 8))', 'both: (Joined(side, body, 8))'],
])('what goes before a call in parentheses stands inside of these: %s', (section, written) => {
  const after = fixed(section);
  expect(after).toBe(text(written));
  expect(problems(after)).toEqual([]);
});

test('a fix is offered where it gives a step exactly what it takes', () => {
  const three = 'block Three(a, b, e) { return Add(a, b, e) }';
  const titles = (members: string) =>
    compile({ name: 'test.enet', text: model(members, three) }).diagnostics.map(({ code, fixes = [] }) => [
      code,
      ...fixes.filter((f) => f.safe).map((f) => f.title),
    ]);
  const stem = '  input u: [4, 8, 8]\n  stem: Conv(4, 1)\n';
  expect(titles(`${stem}  all: Three(u)`)).toEqual([['missing-tensor']]);
  expect(titles(`${stem}  all: Three(u, u)`)).toEqual([
    ['missing-tensor', "Write 'stem' as the first argument, as earlier versions meant it"],
  ]);
  const two = '  input u: [4, 8, 8]\n  input v: [4, 8, 8]\n';
  expect(titles(`${two}  all: Three(u)`)).toEqual([
    ['missing-tensor', "Write 'u, v' as the first argument, as earlier versions meant it"],
  ]);
  expect(titles(`${two}  all: Three(u, v)`)).toEqual([['missing-tensor']]);
  expect(titles(`${two}  halves: u -> Split(2)\n  all: Three(u, v)`)).toEqual([['missing-tensor']]);
});

test('the other fix says the new meaning for all versions', () => {
  const [d] = compile({ name: 'test.enet', text: text('both: Add(stem, body)') }).diagnostics;
  const [, fix] = d?.fixes ?? [];
  expect(fix).toMatchObject({ safe: false, title: "Write 'stem -> Add': only the tensors given, in all versions" });
  const source = { name: 'test.enet', text: text('both: Add(stem, body)') };
  expect(applyFixes(source, [{ ...fix, safe: true } as never]).text).toBe(text('both: stem -> Add(body)'));
});

test('tensors that a step has no room for are an error', () => {
  expect(messages(text('both: stem -> joined: Joined(body, side, 8)'))).toEqual([
    "too-many-tensors: 'Joined' takes 2 tensors; its arguments provide 2 and the chain 1 more",
  ]);
});
