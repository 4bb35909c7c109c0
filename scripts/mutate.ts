// Makes one small change at a time to the files of the seams, in a copy of the tree, and runs the tests that should notice.
// Usage: npm run mutate -- [--per-file N] [--seed N] [--only TEXT] [--write]
//   --per-file N  mutants per file, drawn at random (8; 0: all)
//   --seed N      seed of that draw (0)
//   --only TEXT   only files whose path contains this text
//   --write       writes docs/mutation.md
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyTree } from './mutation/copy-tree.ts';
import { drawMutants } from './mutation/draw.ts';
import { mutantsOf } from './mutation/mutants.ts';
import { type FileResult, renderReport, type Survivor } from './mutation/report.ts';
import { runTests } from './mutation/run-tests.ts';
import { seams } from './mutation/seams.ts';

const { values } = parseArgs({
  options: {
    'per-file': { type: 'string', default: '8' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const perFile = wholeNumber('per-file', values['per-file']);
const seed = wholeNumber('seed', values.seed);
if (values.write && values.only !== '') throw new Error('--write describes all seams: leave --only out');

const root = join(import.meta.dirname, '..');
const tree = copyTree(root);
process.on('exit', () => rmSync(tree, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const results: FileResult[] = [];
for (const seam of seams) {
  const files = seam.files.filter((file) => file.includes(values.only));
  if (files.length === 0) continue;
  const began = Date.now();
  const baseline = await runTests(tree, seam.tests, 900_000);
  if (baseline.verdict !== 'passed') {
    throw new Error(`${seam.tests.join(' ')} do not pass without any mutant:\n${baseline.output}`);
  }
  const limit = 3 * (Date.now() - began) + 20_000;
  for (const file of files) results.push({ seam: seam.what, ...(await tryFile(file, seam.tests, limit)) });
}
const report = renderReport(results, { perFile, seed });
if (values.write) writeFileSync(join(root, 'docs/mutation.md'), report);
else process.stdout.write(`\n${report}`);

async function tryFile(file: string, tests: readonly string[], limit: number): Promise<Omit<FileResult, 'seam'>> {
  const text = readFileSync(join(root, file), 'utf8');
  const mutants = drawMutants(mutantsOf(file, text), perFile, seed, file);
  const survivors: Survivor[] = [];
  for (const [at, { start, end, replacement }] of mutants.entries()) {
    writeFileSync(join(tree, file), text.slice(0, start) + replacement + text.slice(end));
    const { verdict } = await runTests(tree, tests, limit);
    const line = text.slice(0, start).split('\n').length;
    const before = text.slice(start, end);
    process.stderr.write(
      `${file}:${line} ${at + 1}/${mutants.length} ${verdict === 'passed' ? 'SURVIVES' : verdict}: ${before} -> ${replacement}\n`,
    );
    if (verdict === 'passed')
      survivors.push({ line, before, after: replacement, text: text.split('\n')[line - 1] as string });
  }
  writeFileSync(join(tree, file), text);
  return { file, tried: mutants.length, survivors };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not '${text}'`);
  return Number(text);
}
