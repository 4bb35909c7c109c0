import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Folders in the order of processing: a file imports from its own folder and from those before it. */
const order = [
  'grammar',
  'src/1-parse',
  'src/ops',
  'src/2-resolve',
  'src/3-check',
  'src/4-scale',
  'src/5-graph',
  'src/weights',
  'src/6-emit',
  'src/import',
  'src/node',
  'src/backends',
  'src/report',
  'src/search',
  'src/pipeline',
  'src/bench',
  'src/train',
  'src/study',
  'src/predict',
  'src/quantise',
  'src/ide',
  'src/lsp',
  'src/cli',
];

/** Folders and files that stand outside of the order, and what they may import of it. */
const aside: Record<string, readonly string[]> = {
  'src/diagnostics': [],
  'src/source.ts': [],
  'src/host.ts': [],
  'src/memoise.ts': [],
  'src/sorted.ts': [],
  'src/version.ts': [],
  'src/stdlib.generated.ts': [],
  'src/library.ts': [],
  'src/published-weights.ts': [],
  'src/published-weights.generated.ts': ['src/published-weights.ts'],
};

const composition = new Set([
  'src/api.ts',
  'src/compile.ts',
  'src/compile-spec.ts',
  'src/follow-weights.ts',
  'src/fit-weights.ts',
  'src/check-source.ts',
  'src/layers.ts',
  'src/index.ts',
  'src/node.ts',
]);

/** Folders that compile. */
const compileThemselves = [
  'src/import',
  'src/search',
  'src/train',
  'src/study',
  'src/ide',
  'src/cli',
  'src/predict',
  'src/quantise',
];

/** Folders that take a compilation as a value. */
const takeCompilations = ['src/6-emit', 'src/backends', 'src/report'];

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return filesUnder(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

type Import = { readonly path: string; readonly typeOnly: boolean; readonly lazy: boolean };
const importsRead = new Map<string, readonly Import[]>();

function importsOf(file: string): readonly Import[] {
  const read = importsRead.get(file) ?? readImports(file);
  importsRead.set(file, read);
  return read;
}

function readImports(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\s+(type\s+)?[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm)].map(
    (m) => ({
      path: relative(root, resolve(root, dirname(file), (m[2] ?? m[3]) as string)),
      typeOnly: m[1] !== undefined,
      lazy: m[3] !== undefined,
    }),
  );
}

function folderOf(file: string): string | undefined {
  return order.find((folder) => file.startsWith(`${folder}/`));
}

const files = [...filesUnder('grammar'), ...filesUnder('src')];

test('dependencies point from later phases to earlier ones', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const from = folderOf(file);
    for (const { path, typeOnly } of importsOf(file)) {
      const to = folderOf(path);
      const named = Object.keys(aside).find((a) => path === a || path.startsWith(`${a}/`));
      if (composition.has(file)) continue;
      const fromAside = Object.keys(aside).find((a) => file === a || file.startsWith(`${a}/`));
      if (fromAside) {
        if (!named) wrong.push(`${file} -> ${path}`);
      } else if (composition.has(path)) {
        // who comes after the composition may know what it gives
        if (!compileThemselves.includes(from ?? '') && !(typeOnly && takeCompilations.includes(from ?? '')))
          wrong.push(`${file} -> ${path}`);
      } else if (to && from && order.indexOf(to) > order.indexOf(from)) wrong.push(`${file} -> ${path}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no two files import each other in a circle across folders', () => {
  const graph = new Map(
    files.map((f) => [
      f,
      importsOf(f)
        .filter((i) => !i.typeOnly)
        .map((i) => i.path),
    ]),
  );
  const circles: string[] = [];
  for (const [file, imports] of graph) {
    for (const other of imports) {
      if (graph.get(other)?.includes(file) && folderOf(file) !== folderOf(other)) circles.push(`${file} <-> ${other}`);
    }
  }
  expect(circles).toEqual([]);
});

/**
 * Where the grammar calls itself, and so do those who print, check, evaluate and build its trees: a table's cell holds an
 * expression, which holds a call, which is followed by a table. In each room all such circles pass through one file.
 */
const recursive = [
  'src/1-parse/format/print.ts',
  'src/3-check/check-step.ts',
  'src/4-scale/evaluate.ts',
  'src/5-graph/lower-chain.ts',
];

/** The files of a circle of imports, types included; what only leads there or is only led to is left out. */
function inCircles(among: readonly string[]): readonly string[] {
  const importsNow = (f: string) => importsOf(f).flatMap(({ path, lazy }) => (lazy ? [] : [path]));
  let left = among;
  for (let before = left.length + 1; left.length < before; ) {
    before = left.length;
    const names = new Set(left);
    const imported = new Set(left.flatMap(importsNow));
    left = left.filter((f) => imported.has(f) && importsNow(f).some((path) => names.has(path)));
  }
  return left;
}

test('no circle of imports, types included, but in the recursion of the grammar', () => {
  expect(inCircles(files.filter((f) => !recursive.includes(f)))).toEqual([]);
  // no file is excepted that need not be
  const stillInCircles = inCircles(files);
  expect(recursive.filter((f) => !stillInCircles.includes(f))).toEqual([]);
});

/** Folders that know Node: its files, engines as native packages, data sets and run folders. */
const onNode = ['src/node/', 'src/backends/', 'src/train/', 'src/study/', 'src/predict/', 'src/quantise/', 'src/cli/'];

test('only the engines, training, the command line and its host touch Node', () => {
  const wrong = files.filter((file) => {
    if (onNode.some((folder) => file.startsWith(folder)) || file === 'src/node.ts') return false;
    return /from 'node:|\brequire\(|\bprocess\.[a-z]|\bBuffer\./.test(
      readFileSync(join(root, file), 'utf8').replace(/^\s*(\*|\/\/).*$/gm, ''),
    );
  });
  expect(wrong).toEqual([]);
});

/** Where the names of a tree are looked up: imports and the semantic model. */
const resolvesNames = (file: string) => file.startsWith('src/2-resolve/') || file.startsWith('src/3-check/meanings/');

test('no name of a tree is looked up past the semantic model', () => {
  const wrong = files.filter((file) => {
    if (resolvesNames(file)) return false;
    const text = readFileSync(join(root, file), 'utf8');
    // among the declarations of a file, among values, among the language's own names
    return /\b(scope|vars|builtin\w+|scalingFunctions)\.(get|has)\(\w+(\.\w+)*\.(text|parts\b[^)]*)\)/.test(text);
  });
  expect(wrong).toEqual([]);
});

test('files stay small', () => {
  const long = files
    .filter((f) => !f.endsWith('.generated.ts'))
    .map((f) => ({ f, lines: readFileSync(join(root, f), 'utf8').split('\n').length }))
    // the grammar is one thing, however long
    .filter(({ f, lines }) => lines > (f === 'grammar/parser.ts' ? 600 : 410));
  expect(long).toEqual([]);
  const lengths = files
    .filter((f) => !f.endsWith('.generated.ts'))
    .map((f) => readFileSync(join(root, f), 'utf8').split('\n').length);
  lengths.sort((a, b) => a - b);
  expect(lengths[lengths.length >> 1]).toBeLessThanOrEqual(130);
});

test('every exported function of the public API is documented', () => {
  const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
  const missing: string[] = [];
  for (const match of index.matchAll(/export\s+(type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g)) {
    const file = relative(root, resolve(root, 'src', match[3] as string));
    const text = readFileSync(join(root, file), 'utf8');
    for (const name of (match[2] as string).split(',').map((n) => n.trim().replace(/^type /, ''))) {
      if (name === '') continue;
      const at = text.search(
        new RegExp(`^export (?:declare |async )?(?:function\\*?|const|interface|type|class) ${name}\\b`, 'm'),
      );
      if (at < 0) missing.push(`${file}: ${name} is not declared there`);
      else if (
        /^export (?:(?:async )?function|const)/.test(text.slice(at)) &&
        !text.slice(0, at).trimEnd().endsWith('*/')
      )
        missing.push(`${file}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

test('the command line starts without the parser and what builds networks: commands load what they need', () => {
  const loaded = new Set(['src/cli/main.ts']);
  for (const file of loaded)
    for (const { path, typeOnly, lazy } of importsOf(file)) if (!typeOnly && !lazy) loaded.add(path);
  const heavy = [...loaded].filter((file) => /^grammar\/|^src\/(1-parse|3-check)\/|5-graph\/build|stdlib/.test(file));
  expect(heavy).toEqual([]);
});
