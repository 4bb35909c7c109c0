import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitUntilFree } from '../../src/study/run-holder.ts';
import { keepHolding, lockRun } from '../../src/train/run/run-lock.ts';
import { folder } from '../cli/fake-io.ts';

/** A run that a process of another machine holds. */
function heldElsewhere(): string {
  const out = join(folder(), 'run');
  mkdirSync(out);
  const release = lockRun({ path: out, shown: 'run' });
  const lock = join(out, 'lock');
  const holder = JSON.parse(readFileSync(lock, 'utf8'));
  release();
  writeFileSync(lock, JSON.stringify({ ...holder, host: 'another.machine' }));
  return out;
}

const never = new AbortController().signal;

test('a run of another machine is free once that has said nothing for long enough', async () => {
  const out = heldElsewhere();
  const lock = join(out, 'lock');
  const start = performance.now();
  let said = 0;
  const beats = setInterval(() => {
    if (++said <= 5) utimesSync(lock, said, said);
  }, 100);
  expect(await waitUntilFree(out, never, 1500)).toBe(true);
  clearInterval(beats);
  expect(performance.now() - start).toBeGreaterThan(1950);
  expect(existsSync(lock)).toBe(false);
});

test('waiting for a run ends with the signal', async () => {
  const controller = new AbortController();
  const waiting = waitUntilFree(heldElsewhere(), controller.signal);
  await setTimeout(100);
  controller.abort();
  expect(await waiting).toBe(false);
});

test('who has lost a run knows it', () => {
  const out = join(folder(), 'run');
  mkdirSync(out);
  const release = lockRun({ path: out, shown: 'run' });
  const lock = join(out, 'lock');
  utimesSync(lock, 1, 1);
  expect(keepHolding({ path: out })).toBe(true);
  const holder = JSON.parse(readFileSync(lock, 'utf8'));
  writeFileSync(lock, JSON.stringify({ ...holder, host: 'another.machine' }));
  expect(keepHolding({ path: out })).toBe(false);
  release();
});
