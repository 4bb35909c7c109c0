import { describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { definitionsAt } from '../../src/ide/features/definition.ts';
import { applyEdits, editsByPath } from '../../src/ide/features/edits.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { prepareRename, renameAt } from '../../src/ide/features/rename.ts';
import { openFixture } from './fixture.ts';
import { twoFiles } from './two-files.ts';

/** What the files are after renaming what stands before `at` in one of them; or why not. */
function renamed(file: 'net.enet' | 'blocks.enet', at: string, newName: string): Record<string, string> | string {
  const marked = { ...twoFiles, [file]: twoFiles[file].replace(at, `${at}▮`) };
  const { ide, analysis, offset } = openFixture(marked);
  expect(marked[file]).toContain('▮');
  const result = renameAt(ide, analysis, offset, newName);
  if ('refusal' in result) return result.refusal;
  const after: Record<string, string> = {};
  for (const [path, edits] of editsByPath(result.edits)) {
    const name = path.replace('/space/', '') as keyof typeof twoFiles;
    const changed = applyEdits(twoFiles[name], edits).split('\n');
    after[name] = changed
      .filter((line, i) => line !== twoFiles[name].split('\n')[i])
      .map((l) => l.trim())
      .join('\n');
  }
  return after;
}

test('a block is renamed where it is declared, imported and used', () => {
  expect(renamed('blocks.enet', 'block Twi', 'Pair')).toEqual({
    'blocks.enet': 'block Pair(x, channels: int, kernel: int = 3) {',
    'net.enet':
      'import { Pair, Once } from "./blocks.enet"\nparam unit: block = Pair\nstem: Pair(8, kernel: 5)\nstages: Pair {',
  });
});

test('a model is renamed with its uses and its weight maps', () => {
  expect(renamed('net.enet', 'model N', 'Network')).toEqual({
    'net.enet': 'model Network {\ntrunk: Network(variant: small)\nweights Network {',
  });
});

test('a variant may be called by a number, a row of stages may not', () => {
  expect(renamed('net.enet', '| smal', '2012')).toEqual({
    'net.enet': '| 2012 | Once  | 5       |\ntrunk: Net(variant: 2012)',
  });
  expect(renamed('net.enet', '| smal', '07')).toMatch(/^'07' is not a name/);
  expect(renamed('net.enet', '| c', '2012')).toMatch(/^'2012' is not a name/);
});

test('parameters that share a column are renamed together', () => {
  expect(renamed('net.enet', '| repeat | chan', 'filters')).toEqual({
    'blocks.enet': [
      'block Twice(x, filters: int, kernel: int = 3) {',
      'y = x -> first: Conv(filters, kernel)',
      'return y -> second: Conv(filters, kernel)',
      'block Once(x, filters: int) {',
      'return x -> only: Conv(filters, 1)',
    ].join('\n'),
    'net.enet': '| name | block | repeat | filters |',
  });
});

test('labels, sections, rows and variants are renamed in paths', () => {
  expect(renamed('blocks.enet', 'x -> fir', 'one')).toMatchObject({ 'net.enet': '| stem.one           | conv     |' });
  expect(renamed('net.enet', '  sta', 'body')).toEqual({
    'net.enet':
      'body: Twice {\ntap = body.c2.1\nreturn trunk.body.c1\n| body.*.*.only      | a.*.b    |\n| body.c2.*.second   | c.*.d    |',
  });
  expect(renamed('net.enet', '| c2', 'last')).toEqual({
    'net.enet': '| last   |       | 2      | 16       |\ntap = stages.last.1\n| stages.last.*.second   | c.*.d    |',
  });
});

test("what is not the workspace's own is refused with a sentence", () => {
  expect(renamed('net.enet', 'classifier: Lin', 'Dense')).toBe(
    "'Linear' is the language's own name and cannot be renamed or taken.",
  );
  expect(renamed('net.enet', '| name | block | rep', 'times')).toContain("'repeat' is the language's own name");
  expect(renamed('net.enet', 'par', 'x')).toBe("'param' is a word of the language.");
  const library = openFixture('import { MBC▮onv } from "std/blocks"\n');
  expect(prepareRename(library.ide, library.analysis, library.offset)).toEqual({
    refusal: "'MBConv' belongs to the library (std/blocks), which cannot be changed.",
  });
  const column = openFixture(
    'import { MBConv } from "std/blocks"\nblock B(x, chan▮nels: int) { return x -> c: Conv(channels, 1) }\n' +
      'model M { input x: [3, 8, 8]\n  s: B {\n  | block | channels |\n  | MBConv | 8 |\n  |  | 8 |\n  } }\n',
  );
  expect(renameAt(column.ide, column.analysis, column.offset, 'c')).toEqual({
    refusal:
      "A column or a path that names it also names 'channels' of 'MBConv' in std/blocks, which cannot be changed.",
  });
});

test('new names that are none, or taken, are refused', () => {
  expect(renamed('net.enet', 'param cla', '2nd')).toContain("'2nd' is not a name");
  expect(renamed('net.enet', 'param cla', 'model')).toBe("'model' is a word of the language.");
  expect(renamed('net.enet', 'param cla', 'phi')).toBe("'phi' has a special meaning in a model.");
  expect(renamed('net.enet', 'param cla', 'relu')).toContain("'relu' is the language's own name");
  expect(renamed('net.enet', 'param cla', 'stem')).toMatch(/^'stem' cannot be the new name: .*net\.enet, line \d+/);
  expect(renamed('blocks.enet', 'block Twi', 'Once')).toMatch(/^'Once' cannot be the new name/);
  expect(renamed('net.enet', '| c2', 'c1')).toMatch(/^'c1' cannot be the new name/);
  // the block's own value would hide the block that it calls
  const hiding = openFixture('block A(x) { return x -> relu }\nblock B(x) {\n  h▮ = x -> tanh\n  return h -> A\n}\n');
  expect(renameAt(hiding.ide, hiding.analysis, hiding.offset, 'A')).toHaveProperty('refusal');
});

test('the name of a variant is free for a model: neither takes the other', () => {
  const of = (text: string, newName: string) => {
    const { ide, analysis, offset } = openFixture(text);
    expect(analysis.diagnostics).toEqual([]);
    return renameAt(ide, analysis, offset, newName);
  };
  const inner = `model Inner {
  param n: int = 8
  variants {
    | name | n  |
    | big  | 16 |
  }
  input a: [3, 16, 16]
  s: Conv(n, 3)
}
`;
  const outer = 'model Ou▮ter {\n  input a: [3, 16, 16]\n  t: Inner(variant: big)\n}\n';
  for (const name of ['big', 'Large']) expect(of(inner + outer, name)).toMatchObject({ edits: [{ newText: name }] });
});

test("a parameter does not come to be named as a table's own columns are", () => {
  const text = `block B(x, wid▮th: int = 4) {
  return x -> conv: Conv(width, 3)
}
model M {
  input a: [3, 16, 16]
  s: B(width: 8) {
    | repeat |
    | 2      |
  }
}
`;
  for (const newName of ['repeat', 'name', 'block_']) {
    const { ide, analysis, offset } = openFixture(text);
    const result = renameAt(ide, analysis, offset, newName);
    if (newName === 'block_') expect(result).toHaveProperty('edits');
    else expect(result).toEqual({ refusal: expect.stringContaining(`The column '${newName}' of a table`) });
  }
});

test('two outputs do not come to have one name', () => {
  const model = (outputs: string) =>
    `model M {\n  input a: [3, 8, 8]\n  stem: Conv(8, 3)\n  head: Conv(8, 3)\n  return ${outputs}\n}\n`;
  const message = "'out' cannot be the new name: in main.enet, line 5 two outputs would be named 'out'.";
  for (const outputs of ['he▮ad, out: stem', 'hea▮d: stem, out: head', 'out: head, st▮em']) {
    const { ide, analysis, offset } = openFixture(model(outputs));
    expect(renameAt(ide, analysis, offset, 'out')).toEqual({ refusal: message });
    expect(renameAt(ide, analysis, offset, 'other')).toHaveProperty('edits');
  }
});

test('where a parameter may be meant through a block that is handed on, renaming is refused', () => {
  const text = (use: string) =>
    `block A(x, wid▮th: int) { return x -> c: Conv(width, 1) }\nblock R(x, unit: block) { return x -> u: unit(width: 3) }\n` +
    `model M { input x: [3, 8, 8]\n  s: ${use} }\n`;
  const handed = openFixture(text('R(unit: A)'));
  expect(renameAt(handed.ide, handed.analysis, handed.offset, 'size')).toMatchObject({
    refusal: expect.stringContaining('main.enet, line 2'),
  });
  const apart = openFixture(text('A(4)'));
  expect(renameAt(apart.ide, apart.analysis, apart.offset, 'size')).toHaveProperty('edits');
});

test('a library file that is open can be read, not changed', () => {
  const { ide } = openFixture('block A(x) { return x -> relu }\n');
  const text = ide.analysis('std/blocks')?.source.text as string;
  ide.open('std/blocks', text);
  const analysis = ide.analysis('std/blocks')!;
  expect(renameAt(ide, analysis, text.indexOf('channels'), 'filters')).toHaveProperty('refusal');
});

test('an argument before a table is a parameter of all blocks that the table builds', () => {
  const { ide, analysis, offset } = openFixture(
    'block A(x, act▮: activation) { return x -> act }\nblock B(x, act: activation) { return x -> act }\n' +
      'model M {\n  input x: [3, 8, 8]\n  s: A(act: relu) {\n    | block | repeat |\n    |       | 1      |\n    | B     | 1      |\n  }\n}\n',
  );
  const result = renameAt(ide, analysis, offset, 'fn');
  if ('refusal' in result) throw new Error(result.refusal);
  expect(applyEdits(analysis.source.text, result.edits).match(/fn/g)).toHaveLength(5);
});

test.each([
  ['in sections of a model', 'left: share side: Linear(4)', 'right: relu -> share side: Linear(4)'],
  ['in one section', 'left: relu -> share side: Linear(4) -> share side: Linear(4)', 'right: relu'],
  ['in statements', 'left = image -> share side: Linear(4)', 'right = left -> share side: Linear(4)'],
])('renaming one label of a shared step %s renames its other uses, and the paths that name it', (_, left, right) => {
  const text = `model M {
  input image: [4, 1, 1]
  ${left}
  ${right}
  return right
}

weights M {
  | path | mine |
  | side | fc   |
}
`;
  const starts = [...text.matchAll(/side/g)].map(({ index }) => index);
  for (const at of starts) {
    const { ide, analysis, offset } = openFixture({ 'net.enet': `${text.slice(0, at)}▮${text.slice(at)}` });
    const result = renameAt(ide, analysis, offset, 'half');
    const edits = 'refusal' in result ? [] : (editsByPath(result.edits).get('/space/net.enet') ?? []);
    expect(applyEdits(text, edits)).toBe(text.replaceAll('side', 'half'));
  }
});

describe('a value that takes no tensors names what is learned', () => {
  const net = `import { Shift } from "./blocks.enet"

model M {
  input image: [4, 1, 1]
  scale = Weight([4, 1, 1], 1)
  plain = 4
  scaled: Mul(image, scale)
  shift: Shift(plain)
}
`;
  const files = {
    'blocks.enet': `block Shift(x, channels: int) {
  offsets = [Weight([channels, 1, 1], 0) for i in 1]
  return Add(x, offsets[0])
}
`,
    'net.enet': net,
    'map.enet': `import { M } from "./net.enet"

weights M {
  | path            | mine |
  | scale           | s    |
  | shift.offsets.0 | p    |
  | shift.offsets.* | q*   |
}
`,
  };

  test('these are the paths of its tensors', () => {
    const { analysis } = openFixture({ ...files, 'net.enet': `▮${net}` });
    const graph = analysis.network('M', {})?.graph;
    expect([...graphTensors(graph!)].map(({ tensor }) => tensor.name)).toEqual(['scale', 'shift.offsets.0']);
  });

  test.each([
    ['net.enet', 'scale ='],
    ['map.enet', 'scale   '],
    ['blocks.enet', 'offsets ='],
    ['map.enet', 'offsets.0'],
  ] as const)('from %s, %j: rows of weight maps in other files follow', (file, from) => {
    const word = from.split(/[ .]/)[0] as string;
    const text = files[file];
    const at = text.indexOf(from);
    const { ide, analysis, offset } = openFixture({ ...files, [file]: `${text.slice(0, at)}▮${text.slice(at)}` });
    const result = renameAt(ide, analysis, offset, 'fresh');
    expect(result).toHaveProperty('edits');
    const edits = editsByPath('edits' in result ? result.edits : []);
    for (const [name, before] of Object.entries(files)) {
      const expected = before.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), 'fresh');
      expect(applyEdits(before, edits.get(`/space/${name}`) ?? [])).toBe(expected);
    }
  });

  test('another value is not what a row names', () => {
    const at = net.indexOf('plain');
    const { ide, analysis, offset } = openFixture({ ...files, 'net.enet': `${net.slice(0, at)}▮${net.slice(at)}` });
    const result = renameAt(ide, analysis, offset, 'fresh');
    expect([...editsByPath('edits' in result ? result.edits : []).keys()]).toEqual(['/space/net.enet']);
  });
});

test('choices that share a name are renamed together, and not to the name of a parameter', () => {
  const text = `model M {
  input image: [3, 32, 32]
  param big: int = 8
  stages: Conv(kernel: 3) {
    | channels        |
    | {wi▮de: 8, 16}  |
    | 2 * {wide: 8, 16} |
    | big             |
  }
}
`;
  const { ide, analysis, offset } = openFixture({ 'net.enet': text });
  const result = renameAt(ide, analysis, offset, 'width');
  const edits = 'edits' in result ? result.edits : [];
  expect(edits.map(({ newText }) => newText)).toEqual(['width', 'width']);
  expect(renameAt(ide, analysis, offset, 'big')).toEqual({
    refusal: "'big' cannot be the new name: in net.enet, line 6 'big' is bound twice.",
  });
  const at = hover(analysis, offset);
  expect(at?.markdown).toContain('A choice in 2 places, where it takes the same value. `--set wide=…` settles it.');
  expect(
    definitionsAt(analysis, analysis.source.text.lastIndexOf('wide')).map(({ selection }) => selection.start),
  ).toEqual([analysis.source.text.indexOf('wide')]);
});
