import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTypes } from '../../scripts/build-types.ts';
import { entries } from '../../scripts/entries.ts';

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const project = mkdtempSync(join(tmpdir(), 'enet-package-'));
const installed = join(project, 'node_modules/enetc');
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** A program for each entry, as a reader of docs/api.md would write it. */
const programs: Readonly<Record<string, string>> = {
  index: `import { compile, emit, type Graph, onnxTarget, registerLayers, stdlib, type Tfjs, totalCost } from 'enetc';
const compiled = compile({ name: 'b0.enet', text: stdlib['std/efficientnet'] ?? '' }, { variant: 'b0' });
const graph: Graph | undefined = compiled.graph;
if (!graph) throw new Error('no graph');
let bytes = 0;
const sink = { write: (part: Uint8Array) => { bytes += part.length; } };
emit(compiled, onnxTarget, {}, () => ({ name: 'b0.onnx', sink }));
export const register: (tf: Tfjs) => void = registerLayers;
export const found: readonly number[] = [totalCost(graph).params, bytes];
// @ts-expect-error a target takes its own options only
emit(compiled, onnxTarget, { opset: 'newest' }, () => ({ name: 'b0.onnx', sink }));
`,
  layers: `import { registerLayers } from 'enetc/layers';
export const found: readonly number[] = [registerLayers.length];
// @ts-expect-error it needs TensorFlow.js
export const wrong = () => registerLayers();
`,
  node: `import { checkSource, type Diagnostic, nodeHost } from 'enetc/node';
const { diagnostics } = checkSource({ name: 'a.enet', text: 'model M {' }, nodeHost('/', '/'));
export const first: Diagnostic | undefined = diagnostics[0];
export const found: readonly number[] = [diagnostics.length];
// @ts-expect-error a host takes no text
export const wrong = () => nodeHost('/', '/').readFile(1);
`,
  train: `import { evaluate, type RunOutcome, SettingError, train } from 'enetc/train';
const outcome: Promise<RunOutcome> = train({ spec: 'efficientnet', data: '/nowhere', settings: { epochs: -1 } });
const error: unknown = await outcome.then(() => undefined, (error: unknown) => error);
export const found: readonly number[] = [Number(error instanceof SettingError), evaluate.length];
// @ts-expect-error a run needs data
export const wrong = () => train({ spec: 'efficientnet' });
`,
};

beforeAll(async () => {
  await buildTypes();
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }));
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1']);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});

test('an entry is stated once: what is built, and what package.json exports', () => {
  const exported = Object.entries<{ types: string; default: string }>(manifest.exports).filter(
    ([name]) => name !== './package.json',
  );
  const nameOf = (path: string) => (path === '.' ? 'index' : path.slice(2));
  expect(exported.map(([path]) => nameOf(path)).sort()).toEqual(Object.keys(entries).sort());
  expect(Object.keys(programs).sort()).toEqual(Object.keys(entries).sort());
  for (const [path, { types, default: script }] of exported) {
    expect([types, script]).toEqual([`./dist/${nameOf(path)}.d.ts`, `./dist/${nameOf(path)}.js`]);
  }
});

test('the package holds one file of types for each entry', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  const types = files.filter((path) => path.endsWith('.d.ts')).sort();
  expect(types).toEqual(
    Object.keys(entries)
      .map((name) => join('dist', `${name}.d.ts`))
      .sort(),
  );
});

/** The first line of each error that TypeScript finds in programs; in the types that they import, too, with `libraries`. */
function typeErrors(files: readonly string[], libraries: boolean): string[] {
  const options = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--types', '', '--outDir', 'out'];
  const args = [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...options,
    '--skipLibCheck',
    String(!libraries),
    ...files,
  ];
  const { stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /^\S/.test(line));
}

test.each([
  ['with TensorFlow.js', true],
  ['without TensorFlow.js', false],
])('strict programs of every entry compile and run, %s', async (_, tensorflow) => {
  const link = join(project, 'node_modules/@tensorflow');
  if (tensorflow) symlinkSync(join(root, 'node_modules/@tensorflow'), link);
  try {
    const names = Object.keys(programs);
    for (const name of names) writeFileSync(join(project, `${name}.ts`), programs[name] as string);
    // With TensorFlow.js our own types are checked too; its own types do not pass that, next to those of browsers.
    const errors = typeErrors(
      names.map((name) => `${name}.ts`),
      tensorflow,
    );
    expect(errors.filter((line) => !line.includes('node_modules/@'))).toEqual([]);
    for (const name of names) {
      const { found } = (await import(join(project, `out/${name}.js`))) as { found: readonly number[] };
      expect(found.length > 0 && found.every((n) => n > 0), `${name}: ${found}`).toBe(true);
    }
  } finally {
    rmSync(link, { force: true });
  }
});
