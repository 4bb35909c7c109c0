import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { checkSource } from '../../src/check-source.ts';
import { processorTime } from '../processor-time.ts';

const times = (n: number, part: (i: number) => string) => Array.from({ length: n }, (_, i) => part(i)).join('\n');
const row = (i: number) => `    | 1      | ${8 * (1 + (i % 5))} | 3 | ${1 + (i % 3)} |`;
const rows = (n: number) => `{\n    | repeat | channels | kernel | expand |\n${times(n, row)}\n  }`;
const model = (members: string) => `model M {\n  input image: [3, 32, 32]\n  stem: Conv(8, 3)\n${members}\n}\n`;
const mbconv = 'import { MBConv } from "std/blocks"\n';

/** Specs of about n rows or lines. */
const shapes: Readonly<Record<string, (n: number) => string>> = {
  'one table of n rows': (n) => mbconv + model(`  stages: MBConv(act: silu) ${rows(n)}`),
  'n / 10 tables of 10 rows': (n) => mbconv + model(times(n / 10, (i) => `  s${i}: MBConv(act: silu) ${rows(10)}`)),
  'tables by name': (n) => mbconv + model(times(n / 10, (i) => `  table t${i} ${rows(10)}\n  s${i}: MBConv { t${i} }`)),
  'n lines of blocks': (n) =>
    times(
      n / 5,
      (i) =>
        `block B${i}(x, channels: int) {\n  y = x -> a: Conv(channels, 3) -> relu\n  z = y -> b: Conv(channels, 3)\n  return y -> Add(z)\n}`,
    ) + model(times(n / 5, (i) => `  s${i}: B${i}(8)`)),
  'n steps in one chain': (n) => model(`  s: relu${times(n, (i) => ` -> c${i}: Conv(8, 1)`)}`),
  'n values': (n) => model(`  a0 = 8\n${times(n, (i) => `  a${i + 1} = a${i} + 1 - 1`)}\n  s: Conv(a${n}, 1)`),
  'n parameters': (n) =>
    model(`  param p0: int = 8\n${times(n, (i) => `  param p${i + 1}: int = p${i}`)}\n  s: Conv(p${n}, 1)`),
  'n mistakes': (n) => model(times(n, (i) => `  s${i}: Conv(nothing${i}, 1)`)),
};

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] as number;
}

function timeOf(text: string): number {
  const start = processorTime();
  checkSource({ name: 'long.enet', text });
  return processorTime() - start;
}

const ratios: string[] = [];

function note(ratio: number, short: number, long: number, name: string): void {
  ratios.push(`${ratio.toFixed(1).padStart(5)} (${short.toFixed(0)} ms, ${long.toFixed(0)} ms) ${name}`);
}

const folder = mkdtempSync(join(tmpdir(), 'enet-linear-'));
const enetc = fileURLToPath(new URL('../../dist/enetc.cjs', import.meta.url));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes, when a process ends, how long it had the processor. */
const clock = join(folder, 'clock.cjs');
const used = join(folder, 'used.json');
writeFileSync(
  clock,
  `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(used)}, JSON.stringify(process.cpuUsage())));`,
);

function timeOfProcess(file: string): number {
  const argv = ['--require', clock, enetc, 'check', file];
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { user, system } = JSON.parse(readFileSync(used, 'utf8')) as NodeJS.CpuUsage;
  return (user + system) / 1000;
}

const tables = ['one table of n rows', 'n / 10 tables of 10 rows', 'tables by name'];

// As a user runs it: a spec of 10,000 rows within 12 times one of 1,000.
test.each(tables)('enetc check grows linearly: %s', (name) => {
  const files = [1_000, 10_000].map((n) => {
    const file = join(folder, `${tables.indexOf(name)}-${n}.enet`);
    writeFileSync(file, (shapes[name] as (n: number) => string)(n));
    return file;
  }) as [string, string];
  const runs = [0, 1, 2].map(() => files.map(timeOfProcess) as [number, number]);
  const [short, long] = [median(runs.map(([a]) => a)), median(runs.map(([, b]) => b))];
  note(long / short, short, long, `${name}, whole processes`);
  expect(long / short).toBeLessThan(12);
});

// In one process, where ten times the garbage takes more than ten times as long to collect: what is looked for is growth
// by the square, which would be 100 times.
test.each(Object.entries(shapes))('no part grows by the square: %s', (name, shape) => {
  const [short, long] = [shape(1_000), shape(10_000)];
  for (let i = 0; i < 3; i++) timeOf(short);
  const pairs = [0, 1, 2].map(() => [timeOf(short), timeOf(long)] as const);
  const [a, b] = [median(pairs.map((p) => p[0])), median(pairs.map((p) => p[1]))];
  note(b / a, a, b, name);
  expect(b / a).toBeLessThan(30);
});

test('the ratios', () => {
  console.log(`10,000 against 1,000:\n${ratios.join('\n')}`);
});
