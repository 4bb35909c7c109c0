import { expect, test } from 'vitest';
import { buildGraph } from '../../src/5-graph/build.ts';
import { checkSource } from '../../src/check-source.ts';
import { build, lines, messages, model, outputs, paths, problems } from './build.ts';

const parts = `
block Unit(x, channels: int, wide: bool = false) {
  y = x -> widen: Conv(channels * 2, 1) if wide
  return y -> conv: Conv(channels, 3) -> bn: BatchNorm -> relu
}

block Both(x) {
  left = x -> left: Unit(4)
  right = x -> right: Unit(6)
  return left, right
}

model Inner {
  input x: [3, 32, 32]
  stem: Unit(8)
  stages: Unit {
    | repeat | channels | wide        |
    | 2      | 8        | false       |
    | 1      | 16       | true, false |
  }
  head: conv: Conv(24, 1) -> GlobalAvgPool -> classifier: Linear(10)
}`;
const text = (members: string) => model(members, parts);

/** The nodes that the last node of a model reads, as lines. */
function reads(members: string): string[] {
  const all = lines(build(text(members), { model: 'M' }).graph);
  const [, inputs = ''] = (all.at(-1) as string).split(' <- ');
  return inputs.split(', ').map((path) => all.find((line) => line.startsWith(`${path} `)) as string);
}

test('a path gives what the step bearing it gives: of a block, of an op in it, of a label in a chain', () => {
  expect(reads('  s: Unit(8)\n  t: s.conv -> relu')).toEqual(['s.conv conv [8, 32, 32] <- image']);
  expect(reads('  s: relu -> u: Unit(8) -> MaxPool(2)\n  t: s.u -> relu')).toEqual([
    's.u.relu activation [8, 32, 32] <- s.u.bn',
  ]);
  expect(reads('  s: relu -> u: Unit(8) -> MaxPool(2)\n  t: s.u.bn -> relu')).toEqual([
    's.u.bn batchNorm [8, 32, 32] <- s.u.conv',
  ]);
  expect(reads('  s: first: Unit(8) -> MaxPool(2)\n  t: s.first.conv -> relu')).toEqual([
    's.first.conv conv [8, 32, 32] <- image',
  ]);
});

test('a path into a table and an inner model', () => {
  expect(reads('  trunk: Inner\n  t: trunk.stages.0.1.conv -> relu')).toEqual([
    'trunk.stages.0.1.conv conv [8, 32, 32] <- trunk.stages.0.0.relu',
  ]);
  expect(reads('  trunk: Inner\n  t: trunk.head.conv -> relu')).toEqual([
    'trunk.head.conv conv [24, 32, 32] <- trunk.stages.1.0.relu',
  ]);
  expect(reads('  trunk: Inner\n  t: trunk.head -> Dropout(0.1)')).toEqual([
    'trunk.head.classifier linear [10] <- trunk.head.global_avg_pool',
  ]);
});

test('of a model that is not the first step of its section, and of a table in the middle of a chain', () => {
  expect(reads('  s: relu -> net: Inner\n  t: s.net.stages.1 -> relu')).toEqual([
    's.net.stages.1.0.relu activation [16, 32, 32] <- s.net.stages.1.0.bn',
  ]);
  const table =
    '  s: relu -> rows: Unit {\n    | name | channels |\n    | c2 | 8 |\n    | c3 | 16 |\n  } -> MaxPool(2)\n';
  expect(reads(`${table}  t: s.rows.c2.conv -> relu`)).toEqual(['s.rows.c2.conv conv [8, 32, 32] <- s']);
});

test('a step that gives several tensors, and one that is left out, which passes its input on', () => {
  expect(reads('  s: Both\n  t: Concat(s.left, s.right)')).toEqual([
    's.left.relu activation [4, 32, 32] <- s.left.bn',
    's.right.relu activation [6, 32, 32] <- s.right.bn',
  ]);
  expect(reads('  s: relu -> two: Split(3) -> Concat(image)\n  t: Concat(s.two)')).toHaveLength(3);
  expect(reads('  s: Unit(8)\n  t: s.widen -> relu')).toEqual(['image input [3, 32, 32]']);
  expect(reads('  trunk: Inner\n  t: trunk.stages.1.0.widen -> relu')[0]).toMatch(
    /^trunk.stages.1.0.widen conv \[32, /,
  );
});

test('inside a comprehension the number of the element belongs to the path', () => {
  const s = '  s: relu -> Concat([image -> branch: Unit(n) for n in [4, 8]])\n';
  expect(reads(`${s}  t: s.branch.1.conv -> relu`)).toEqual(['s.branch.1.conv conv [8, 32, 32] <- image']);
  expect(messages(text(`${s}  t: s.branch -> relu`), { model: 'M' })).toEqual([
    "incomplete-path: no step has the path 's.branch'; the steps below it are 0, 1",
  ]);
  expect(messages(text(`${s}  t: s.branch.2.conv -> relu`), { model: 'M' })).toEqual([
    "unknown-property: 's.branch' has no '2'",
  ]);
});

test('sizes stand behind a path too', () => {
  const { graph } = build(text('  trunk: Inner\n  t: Conv(image, trunk.stages.1.0.widen.channels, 1)'), { model: 'M' });
  expect(graph.nodes.at(-1)?.shapes[0]).toEqual([32, 32, 32]);
});

test('what a path does not reach is not built', () => {
  const { graph } = build(text('  trunk: Inner\n  return trunk.stages.0.1.conv'), { model: 'M' });
  expect(outputs(graph)).toEqual(['trunk.stages.0.1.conv [8, 32, 32]']);
  expect(paths(graph).at(-1)).toBe('trunk.stages.0.1.conv');
});

test('a word that names nothing is found without building, with what was probably meant', () => {
  const found = (path: string) => {
    const source = { name: 'test.enet', text: text(`  trunk: Inner\n  t: ${path} -> relu`) };
    return checkSource(source).diagnostics.map((d) => [
      d.message,
      d.span && source.text.slice(d.span.start, d.span.end),
      d.fixes?.[0]?.edits[0]?.newText,
    ]);
  };
  expect(found('trunk.stages.0.1.cnv')).toEqual([
    ["'trunk.stages.0.1' has no 'cnv'; did you mean 'conv'?", 'trunk.stages.0.1.cnv', 'conv'],
  ]);
  expect(found('trunk.hed.conv')).toEqual([
    ["the section 'trunk' has no 'hed'; did you mean 'head'?", 'trunk.hed.conv', 'head'],
  ]);
  expect(found('trunk.stages.7')).toEqual([["'trunk.stages' has no '7'", 'trunk.stages.7', undefined]]);
  expect(found('trunk.stages.0.1.conv.weight')).toEqual([
    ["'trunk.stages.0.1.conv' has no 'weight'; did you mean 'height'?", 'trunk.stages.0.1.conv.weight', 'height'],
  ]);
  // how often a row repeats shows when it is built
  expect(found('trunk.stages.0.2')).toEqual([["'trunk.stages.0' has no '2'", 'trunk.stages.0.2', undefined]]);
});

test('what a parameter holds shows when it is built', () => {
  const outer = (path: string, unit: string) =>
    messages(text(`  param unit: block = Unit\n  s: unit(channels: 8)\n  t: s.${path} -> relu`), {
      model: 'M',
      set: { unit },
    });
  expect(outer('conv', 'Unit')).toEqual([]);
  const other = `${parts}\nblock Other(x, channels: int) {\n  return x -> only: Conv(channels, 1)\n}`;
  const members = '  param unit: block = Unit\n  s: unit(channels: 8)\n  t: s.only -> relu';
  expect(messages(model(members, other), { model: 'M', set: { unit: 'Other' } })).toEqual([]);
  expect(messages(model(members, other), { model: 'M' })).toEqual(["unknown-property: the section 's' has no 'only'"]);
});

test('a path can be read below its section only', () => {
  expect(problems(text('  s: Unit(8) -> Add(s.conv)'), { model: 'M' })).toEqual(['unknown-name']);
  expect(problems(text('  t: s.conv -> relu\n  s: image -> u: Unit(8)'), { model: 'M' })).toContain('unknown-name');
});

test('a block that is kept from an earlier build gives the same paths, left-out steps among them', () => {
  const source = text('  a: Unit(8)\n  b: image -> u: Unit(8)\n  t: Add(a.conv, b.u.conv)\n  u: Concat(t, b.u.widen)');
  const { program } = checkSource({ name: 'test.enet', text: source });
  const declared = program.entry.scope.get('M');
  if (declared?.kind !== 'model') throw new Error('no model');
  const built = [false, true, true].map((keeps) => buildGraph(declared, {}, undefined, keeps).graph);
  expect(lines(built[0]!).slice(-2)).toEqual([
    't add [8, 32, 32] <- a.conv, b.u.conv',
    'u concat [11, 32, 32] <- t, image',
  ]);
  expect(lines(built[1]!)).toEqual(lines(built[0]!));
  expect(lines(built[2]!)).toEqual(lines(built[0]!));
});
