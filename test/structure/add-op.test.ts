import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { add } from '../../src/ops/kinds/add.ts';
import { batchNorm } from '../../src/ops/kinds/batch-norm.ts';
import { descriptors } from '../../src/ops/ops.ts';
import { asked, type Edit, reference, stated } from './added-op/edits.ts';

/**
 * Adding an op is a file in `src/ops/kinds/`, its line in the list, and the lines that the compiler then asks for. This
 * adds RMSNorm to a copy of the sources: a norm is what most would go wrong with, for it owns a tensor that does not decay.
 */
const root = resolve(import.meta.dirname, '../..');
const own = join(import.meta.dirname, 'added-op');
const copy = mkdtempSync(join(tmpdir(), 'enet-add-op-'));

const spec = `model Net {
  input image: [3, 5, 4]
  stem: Conv(6, kernel: 3) -> norm: RMSNorm -> silu
  head: GlobalAvgPool -> late: RMSNorm(epsilon: 1e-3)
  classifier: Linear(3)
  return logits: classifier
}
`;

beforeAll(() => {
  for (const folder of ['grammar', 'src', 'test/training', 'test/structure/added-op']) {
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  }
  for (const file of ['package.json', 'test/erf.ts']) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  writeFileSync(join(copy, 'room.json'), JSON.stringify({ compilerOptions, include: ['src/ops'] }));
  // the second compilation checks only what changed after the first
  const again = { incremental: true, tsBuildInfoFile: 'all.tsbuildinfo' };
  const all = { compilerOptions: { ...compilerOptions, ...again }, include: ['grammar', 'src'] };
  writeFileSync(join(copy, 'all.json'), JSON.stringify(all));
});

afterAll(() => rmSync(copy, { recursive: true }));

function edit({ file, at, text }: Edit): void {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  expect(before, file).toContain(at);
  writeFileSync(
    path,
    before.replace(at, () => text + at),
  );
}

/** The errors of the compiler in the copy: in the room of ops, which imports nothing from others, or in all sources. */
function compilerErrors(project: 'room' | 'all'): string[] {
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [compiler, '-p', join(copy, `${project}.json`), '--pretty', 'false'], { cwd: copy });
    return [];
  } catch (e) {
    const { stdout } = e as { stdout: Buffer };
    return stdout
      .toString()
      .trimEnd()
      .split(/\n(?=\S)/);
  }
}

/** By file: the names that its errors say are missing. */
function missingNames(project: 'room' | 'all', names: readonly string[]): Record<string, string[]> {
  const missing: Record<string, string[]> = {};
  for (const error of compilerErrors(project)) {
    const file = /^[^(]+/.exec(error)?.[0] ?? '';
    expect(error).toMatch(/ error TS(2739|2740|2741): /);
    missing[file] = [...(missing[file] ?? []), ...names.filter((name) => new RegExp(`\\b${name}\\b`).test(error))];
  }
  return missing;
}

test('every file of src/ops/kinds is in the list', () => {
  expect(descriptors).toHaveLength(readdirSync(join(root, 'src/ops/kinds')).length);
});

test('a descriptor that forgets a part does not compile, nor does a tensor', () => {
  const path = (name: string) => join(copy, `src/ops/forgets-${name}.ts`);
  const [tensor = {}] =
    batchNorm.tensors === 'none' ? [] : batchNorm.tensors({ ...batchNorm, epsilon: 0, momentum: 0 } as never, [1]);
  const [parts, tensorParts] = [Object.keys(add), Object.keys(tensor)];
  expect(parts.length).toBeGreaterThan(10);
  const expected: Record<string, string[]> = {};
  for (const part of parts) {
    const rest = parts.filter((p) => p !== part).map((p) => `${p}: add.${p}`);
    const head =
      "import type { OpDescriptor } from './descriptor.ts';\nimport { add, type AddOp } from './kinds/add.ts';\n";
    writeFileSync(path(part), `${head}export const op: OpDescriptor<AddOp> = { ${rest.join(', ')} };\n`);
    expected[`src/ops/forgets-${part}.ts`] = [part];
  }
  for (const part of tensorParts) {
    const rest = tensorParts.filter((p) => p !== part).map((p) => `${p}: own.${p}`);
    const head = "import type { OwnTensor } from './tensor.ts';\ndeclare const own: OwnTensor;\n";
    writeFileSync(path(`tensor-${part}`), `${head}export const tensor: OwnTensor = { ${rest.join(', ')} };\n`);
    expected[`src/ops/forgets-tensor-${part}.ts`] = [part];
  }
  const names = [...parts, ...tensorParts];
  const found = missingNames('room', names);
  for (const part of parts) rmSync(path(part));
  for (const part of tensorParts) rmSync(path(`tensor-${part}`));
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [file, [part]] of Object.entries(expected)) expect(found[file], file).toContain(part);
});

test('the compiler names the table of each target and runtime that lacks a new op', () => {
  writeFileSync(join(copy, 'src/ops/kinds/rms-norm.ts'), readFileSync(join(own, 'rms-norm.txt')));
  for (const one of stated) edit(one);
  const names = ['rmsNorm', 'rmsNormGrad'];
  expect(missingNames('all', names)).toEqual(Object.fromEntries(asked.map(({ file, names }) => [file, [...names]])));
  for (const one of asked) edit(one);
  expect(compilerErrors('all')).toEqual([]);
});

test('then it is in the language, owns tensors, does not decay, and trains', async () => {
  edit(reference);
  const outfile = join(copy, 'run.mjs');
  const entryPoints = [join(copy, 'test/structure/added-op/entry.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const run = (await import(pathToFileURL(outfile).href)) as typeof import('./added-op/entry.ts');

  const op = run.builtinOps.get('RMSNorm');
  if (!op) throw new Error('no RMSNorm');
  expect(run.describeOp(op)).toContain('`epsilon`: Added to the mean square. Default: 0.000001.');
  const { graph, diagnostics } = run.compile({ name: 'net.enet', text: spec });
  expect(diagnostics).toEqual([]);
  if (!graph) throw new Error('no graph');
  const norms = graph.nodes.filter((node) => (node.op.kind as string) === 'rmsNorm');
  expect(norms.map(({ op, shapes }) => [op, shapes])).toEqual([
    [{ kind: 'rmsNorm', epsilon: 1e-6 }, [[6, 5, 4]]],
    [{ kind: 'rmsNorm', epsilon: 1e-3 }, [[6, 1, 1]]],
  ]);
  expect(run.totalCost(graph).params).toBe(6 * 3 * 9 + 6 + 6 + 6 + 3 * 6 + 3);
  const weights = run.seededWeights(graph, 1);
  const owned = norms.flatMap(({ tensors }) => tensors);
  expect(owned.map((tensor) => [tensor.name, weights.read(tensor)[0]])).toEqual([
    ['stem.norm.weight', 1],
    ['head.late.weight', 1],
  ]);

  const { program } = run.programOf(graph, { optimiser: 'adamw', accumulate: false });
  const updates = program.functions.find(({ name }) => name === 'train')?.updates ?? [];
  const decayed = updates.flatMap((u) => (u.kind === 'adamw' && u.weightDecay ? [u.variable] : []));
  expect(decayed).toEqual(['stem.weight', 'stem.bias', 'classifier.weight', 'classifier.bias']);

  await tf.setBackend('cpu');
  const training = run.programOf(graph);
  const accumulate = training.program.functions.find(({ name }) => name === 'accumulate');
  if (!accumulate) throw new Error('nothing accumulates');
  const start = run.doubleVariables(training.program.variables, run.startOf(training));
  const inputs = run.inputsOf(training);
  for (const [name, gradient] of await run.gradientsOf(tf, training)) {
    const length = Math.hypot(...gradient);
    const tensor = start.get(name);
    if (!tensor) throw new Error(name);
    for (const i of gradient.keys()) {
      const loss = (by: number) => {
        const data = tensor.data.map((v, at) => (at === i ? v + by : v));
        const moved = new Map([...start, [name, { ...tensor, data }]]);
        return run.referenceOutputs(accumulate, moved, inputs, ['loss']).get('loss')?.data[0] ?? Number.NaN;
      };
      const expected = (loss(1e-6) - loss(-1e-6)) / 2e-6;
      expect(Math.abs((gradient[i] ?? 0) - expected), `${name}[${i}]`).toBeLessThan(2e-5 * Math.max(length, 0.1));
    }
  }
});
