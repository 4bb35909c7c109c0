import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type {
  ComprehensionNode,
  Declaration,
  Ident,
  Member,
  ParamNode,
  RowsNode,
  StepNode,
} from '../../src/1-parse/ast.ts';
import { walkNodes } from '../../src/1-parse/walk.ts';
import { meaningsOf } from '../../src/3-check/meanings/declaration-names.ts';
import { boundName } from '../../src/3-check/meanings/names-in.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import { definitionsAt } from '../../src/ide/features/definition.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { highlightsAt, referencesAt } from '../../src/ide/features/references.ts';
import { prepareRename, renameAt } from '../../src/ide/features/rename.ts';
import { semanticTokens } from '../../src/ide/features/semantic-tokens.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { corpus } from '../robust/corpus.ts';
import { type Edit, mutate } from '../robust/mutate.ts';
import { cursorMark, openFixture } from './fixture.ts';

/** Definition, references, highlights, renaming, hover, colours and completion say the same of what a name means. */

type Kind =
  | 'block'
  | 'model'
  | 'parameter'
  | 'section'
  | 'table'
  | 'input'
  | 'value'
  | 'number'
  | 'label'
  | 'row'
  | 'variant'
  | 'output';

type AnyNode = Member | ParamNode | ComprehensionNode | StepNode | RowsNode;

/** What binds a name at each place of a declaration, by the tree alone. */
function bindersOf(declaration: Declaration): Map<number, Kind> {
  const found = new Map<number, Kind>();
  const add = (ident: Ident | undefined, kind: Kind) => ident && ident.name !== '' && found.set(ident.span.start, kind);
  if (declaration.kind !== 'weights') add(declaration.name, declaration.kind);
  walkNodes(declaration, (node) => {
    const n = node as AnyNode;
    switch (n.kind) {
      case 'param':
        add(n.name, 'parameter');
        break;
      case 'table':
      case 'input':
        add(n.name, n.kind);
        break;
      case 'assign':
        for (const target of n.targets) add(target, 'value');
        break;
      case 'comprehension':
        for (const name of n.names) add(name, 'value');
        break;
      case 'step':
        add(n.label, 'label');
        break;
      case 'return':
        for (const { label } of n.outputs) add(label, 'output');
        break;
      case 'section':
        add(n.name, 'section');
        add(n.label, 'label');
        break;
      case 'scaling':
        add(n.variable, 'number');
        for (const { parameter } of n.entries) add(parameter, 'number');
        break;
      case 'rows':
      case 'variants': {
        const { header, rows } = n.kind === 'variants' ? n.rows : n;
        const column = header.findIndex((h) => h.name === 'name');
        const values = rows.flatMap(({ cells }) => cells[column]?.values ?? []);
        for (const { kind, span } of values) {
          if (kind === 'name' && !found.has(span.start)) found.set(span.start, n.kind === 'rows' ? 'row' : 'variant');
        }
      }
    }
    return true;
  });
  return found;
}

/** How a name of each kind is coloured where it is used. */
const colours: Readonly<Record<Kind, string>> = {
  block: 'function',
  model: 'class',
  parameter: 'parameter',
  number: 'parameter',
  section: 'property',
  label: 'property',
  row: 'property',
  output: 'property',
  table: 'variable',
  input: 'variable',
  value: 'variable',
  variant: 'enumMember',
};

/** How a hover begins of what is declared so; of rows, variants and outputs it tells as a whole. */
const headings: Partial<Record<Kind, (name: string) => RegExp>> = {
  block: (name) => new RegExp(`^block ${name}\\(`, 'm'),
  model: (name) => new RegExp(`^model ${name}\\b`, 'm'),
  parameter: (name) => new RegExp(`^${name}(:| = |$|  // a tensor)`, 'm'),
  section: (name) => new RegExp(`^${name}: `, 'm'),
  table: (name) => new RegExp(`^table ${name}$`, 'm'),
  input: (name) => new RegExp(`^input ${name}: `, 'm'),
  value: (name) => new RegExp(`^(.*, )?${name}\\b`, 'm'),
  label: (name) => new RegExp(`^Label \\*\\*${name}\\*\\*`, 'm'),
  number: (name) => new RegExp(`^(scaling ${name}|\\w+\\(${name}\\))$`, 'm'),
};

interface Said {
  readonly names: number;
  readonly wrong: readonly string[];
}

/** Asks of every name of a text, and gives what does not fit together. */
function walk(text: string, withCompletion: boolean): Said {
  const { ide, analysis, path } = openFixture(`${text}${cursorMark}`);
  const binders = new Map<string, Kind>();
  for (const module of analysis.program.modules) {
    for (const declaration of module.ast.declarations) {
      for (const [start, kind] of bindersOf(declaration)) {
        const place = analysis.locate({ ...declaration.span, start, end: start });
        binders.set(`${place.path}:${place.start}`, kind);
      }
    }
  }
  const tokens = semanticTokens(analysis).filter(
    ({ type }) => !['keyword', 'number', 'string', 'comment'].includes(type),
  );
  const inWeights = (at: number) => analysis.declarationAt(at).node?.kind === 'weights';
  const wrong: string[] = [];
  const renamings = new Set<string>();
  // the paths of weight maps are many and alike
  const asked = tokens.filter(({ start }, i) => i % 9 === 0 || !inWeights(start));
  for (const { start, length, type } of asked) {
    // a path is one token in weight maps; asked is its first word
    const name = text.slice(start, start + length).split('.')[0] ?? '';
    const complain = (what: string) => wrong.push(`${name} at ${text.slice(0, start).split('\n').length}: ${what}`);
    const links = definitionsAt(analysis, start);
    const declared = links.map(({ selection }) => `${selection.path}:${selection.start}`);
    const kinds = [...new Set(declared.map((key) => binders.get(key)))];
    if (kinds.includes(undefined)) complain('its definition declares nothing');
    const references = referencesAt(ide, analysis, start);
    const highlights = highlightsAt(analysis, start).map((h) => h.start);
    const told = hover(analysis, start)?.markdown;
    const prepared = prepareRename(ide, analysis, start);
    if (links.length === 0) {
      if (references.length > 0) complain('references without a definition');
      if (!('refusal' in prepared)) complain('renamed without a definition');
      continue;
    }
    const keys = references.map((r) => `${r.path}:${r.start}`);
    if (!keys.includes(`${path}:${start}`)) complain('not among its own references');
    for (const key of declared) if (!keys.includes(key)) complain('its declaration is not among its references');
    const here = references.filter((r) => r.path === path).map((r) => r.start);
    if (here.join() !== highlights.join()) complain('highlights are not the references');
    for (const { selection } of links) {
      if (selection.path !== path) continue;
      const again = definitionsAt(analysis, selection.start).map((l) => l.selection.start);
      if (!again.includes(selection.start)) complain('its declaration is not its own definition');
    }
    const [kind] = kinds;
    if (kinds.length !== 1 || !kind) continue;
    const isPlaced = kind === 'parameter' || kind === 'input' || kind === 'variant';
    if (type !== colours[kind] && !(isPlaced && (type === 'property' || type === 'parameter'))) {
      complain(`coloured as ${type}, declared as ${kind}`);
    }
    const target = links[0]?.selection;
    const own = target && (ide.analysis(target.path)?.source.text.slice(target.start, target.end) ?? '');
    if (own !== name) complain(`its definition is called ${own}`);
    // a scaled number tells how it came about in place of the function
    const heading = headings[kind]?.(name);
    const isNumber = told !== undefined && /^(- )?\*\*[\d.]+\*\* at /.test(told);
    if (heading && links.length === 1 && !isNumber && !(told && heading.test(told)))
      complain(`hover says ${JSON.stringify(told?.slice(0, 150))}`);
    if (!('refusal' in prepared) && !renamings.has(declared.join())) {
      renamings.add(declared.join());
      const renamed = renameAt(ide, analysis, start, 'fresh_name');
      if (!('refusal' in renamed)) {
        const edited = new Set(renamed.edits.map((e) => `${e.path}:${e.start}`));
        if (keys.some((key) => !edited.has(key))) complain('a reference is not renamed');
      }
    }
    if (!withCompletion || !['block', 'model', 'section', 'value', 'number', 'table', 'input'].includes(kind)) continue;
    if (declared.includes(`${path}:${start}`) || text[start - 1] === '.' || inWeights(start)) continue;
    const { items } = completionAt(ide, path, start + name.length);
    const item = items.find(({ label }) => label === name);
    const expected = kind === 'number' || kind === 'input' ? 'value' : kind;
    if (item?.kind !== expected) complain(`completed as ${item?.kind}, declared as ${kind}`);
  }
  return { names: tokens.length, wrong };
}

const disagreeing = `block stem(x, channels: int) {
  return x -> Conv(channels, 3)
}

block accuracy(x) {
  return x -> relu
}

model M {
  param n: int = 8
  param macs: int = 4
  input image: [3, 32, 32]
  scaling phi {
    d = 1.2 ^ phi
    w(n) = round(n * w + d, 8)
    r(macs) = round(macs * r)
  }
  maximize accuracy * (latency_ms / n) ^ -0.07 + macs
  stem: stem(n)
  relu: stem -> Conv(macs, 3)
  body: relu -> accuracy
  auxiliary n: body -> side: Conv(n, 1)
  head: [y.channels for y in [stem, body]]
}
`;

const folder = new URL('../../', import.meta.url);
const files = ['examples', 'test/samples'].flatMap((name) =>
  readdirSync(new URL(name, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.enet'))
    .map((file): [string, string] => [
      `${name}/${file}`,
      readFileSync(fileURLToPath(new URL(`${name}/${file}`, folder)), 'utf8'),
    ]),
);

test('a scaling function with its own parameter, a section called as a block is, the words of maximize', () => {
  expect(walk(disagreeing, true).wrong).toEqual([]);
  const { analysis } = openFixture(disagreeing);
  const told = (mark: string, skip: number) => hover(analysis, disagreeing.indexOf(mark) + skip)?.markdown;
  expect(told('round(n', 6)).toContain('The number that is rounded.');
  expect(told('* w', 2)).toContain('Width: the factor of the filters.');
  expect(told('accuracy *', 0)).toContain('How accurate');
  expect(told('+ macs', 2)).toContain('multiply-accumulate');
  expect(told('/ n)', 2)).toContain('parameter of M');
  expect(told('stem: stem(', 6)).toContain('block stem(');
  expect(told('stem -> Conv', 0)).toContain('stem: stem(n)');
  expect(told('relu -> accuracy', 0)).toContain('relu: stem');
  expect(told('x -> relu', 5)).toContain('an activation');
  expect(told('^ phi', 2)).toContain('scaling phi');
});

test('a name is worth what its definition gives it, in the text and in values given from outside', () => {
  const text = `block stem(x, channels: int, n: int = channels * 2) {
  return x -> conv: Conv(n, 3)
}

model M {
  param n: int = 8
  param more: int = 3
  param sides: int = [n * 2 for n in [5, n]][0]
  input image: [3, 32, 32]
  scaling phi {
    d = 1.2 ^ phi
    w(n) = round(n * w + more, 4)
  }
  stem: stem(w(12))
  relu: stem -> conv: Conv(sides, 3)
  index = relu.channels + 1
  stages: Conv(index + 1) {
    | repeat | kernel |
    | 2      | 1 + 2 * index |
  }
  head: Conv(index, 1)
}
`;
  const channels = (options: CompileOptions) => {
    const { graph, diagnostics } = compile({ name: 'a.enet', text }, { w: 2, ...options });
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    return Object.fromEntries(graph?.nodes.map((node) => [node.path, node.shapes[0]?.[0]]) ?? []);
  };
  // the rounding's number, not the parameter: 12 x 2 + 3, to a multiple of 4, twice; the first of the list; before a table
  // index is the number of the block, elsewhere the value of that name
  expect(channels({})).toMatchObject({
    'stem.conv': 56,
    'relu.conv': 10,
    'stages.0.1': 2,
    head: 11,
  });
  expect(channels({ set: { sides: '[n + k for k in [1, 2]][1]' } })).toMatchObject({ 'relu.conv': 10, head: 11 });
  expect(channels({ set: { sides: 'n + more', n: '4' } })).toMatchObject({ 'relu.conv': 7, head: 8 });
});

test.each([...Object.entries(stdlib), ...files])('evaluation takes the value of the definition: %s', (_, text) => {
  const { analysis } = openFixture(`${text}${cursorMark}`);
  for (const declaration of analysis.module.ast.declarations) {
    for (const [name, target] of meaningsOf(declaration).targets) {
      const bound = boundName(target);
      const links = definitionsAt(analysis, analysis.locate(name.span).start).map(({ selection }) => selection.start);
      if (bound && 'ident' in bound) expect(links).toEqual([analysis.locate(bound.ident.span).start]);
      else if (bound) expect(links).toEqual([]);
    }
  }
});

test.each(Object.entries(stdlib))('every name of %s', (_, text) => {
  const { names, wrong } = walk(text, false);
  expect(names).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test.each(files)('every name of %s', (_, text) => {
  expect(walk(text, text.length < 3000).wrong).toEqual([]);
});

test('every name of specs that someone is typing', () => {
  let state = 11;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const rounds = Number(process.env.ENET_RUNS ?? 24);
  for (let seed = 0; seed < rounds; seed++) {
    const edits = Array.from({ length: next(4) }, (): Edit => [next(64), next(1e6), next(1e6), next(1e6)]);
    const text = mutate(seed % corpus.length, edits, 'gentle');
    if (text.length < 4000) expect(walk(text, false).wrong, text).toEqual([]);
  }
});
