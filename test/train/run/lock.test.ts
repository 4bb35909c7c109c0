import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { lockRun } from '../../../src/train/run/run-lock.ts';
import { temporaryFolder } from './fixture.ts';

const workers = Number(process.env.ENET_LOCKERS ?? 8);
const times = Number(process.env.ENET_LOCKS ?? 40);

test('of many processes that take over dead locks at once none ever shares the folder', async () => {
  const folder = temporaryFolder();
  const run = join(folder, 'run');
  mkdirSync(run);
  const worker = join(folder, 'worker.mjs');
  const entry = fileURLToPath(new URL('lock-worker.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(join(run, 'lock'), JSON.stringify({ pid: dead, host: hostname(), started: '1' }));
  const results = await Promise.all(
    Array.from({ length: workers }, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [worker, run, String(times), String(dead)]);
      return JSON.parse(stdout) as { held: number; shared: number };
    }),
  );
  expect(results.map(({ shared }) => shared)).toEqual(results.map(() => 0));
  // Nobody is kept from it for ever.
  expect(results.map(({ held }) => held)).toEqual(results.map(() => times));
  expect(readdirSync(run).filter((name) => name !== 'lock')).toEqual([]);
});

test('claims of processes that died while they took the lock are in nobody’s way', () => {
  const run = temporaryFolder();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const claim = JSON.stringify({ pid: dead, host: hostname(), started: '1' });
  writeFileSync(join(run, `lock.${dead}.0123456789abcdef`), claim);
  writeFileSync(join(run, 'lock.7.00'), '{');
  const unlock = lockRun({ path: run, shown: 'run' });
  expect(readdirSync(run)).toEqual(['lock']);
  unlock();
  expect(readdirSync(run)).toEqual([]);
});

test.skipIf(process.platform === 'win32')('a folder that stands where the lock should is said', () => {
  const run = temporaryFolder();
  mkdirSync(join(run, 'lock'));
  writeFileSync(join(run, 'lock', 'x'), '');
  expect(() => lockRun({ path: run, shown: 'run' })).toThrow(
    "the run 'run' cannot be locked: its 'lock' is a folder: remove it",
  );
  expect(readdirSync(run)).toEqual(['lock']);
});
