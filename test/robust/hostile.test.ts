import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { hostileCases } from './hostile-cases.ts';

interface Outcome {
  readonly name: string;
  readonly ms: number;
  readonly codes: readonly string[];
  readonly longest: number;
  readonly error?: string;
  readonly megabytes: number;
}

const runner = new URL('run-hostile.ts', import.meta.url).pathname;
const { stdout, stderr, status } = spawnSync(
  process.execPath,
  ['--max-old-space-size=640', '--import', 'tsx', runner],
  { encoding: 'utf8', maxBuffer: 2 ** 28, timeout: 600_000 },
);
const outcomes = new Map(
  stdout.split('\n').flatMap((line): [string, Outcome][] => {
    if (line === '') return [];
    const outcome: Outcome = JSON.parse(line);
    return [[outcome.name, outcome]];
  }),
);

test('the process that checks hostile files ends well', () => {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each(Object.entries(hostileCases))('%s', (name, { expected }) => {
  const outcome = outcomes.get(name);
  expect(outcome, stderr).toBeDefined();
  if (!outcome) return;
  expect(outcome.error).toBeUndefined();
  if (expected === null) expect(outcome.codes).toEqual([]);
  else expect(outcome.codes).toContain(expected);
  expect(outcome.codes.length).toBeLessThanOrEqual(320);
  expect(outcome.longest).toBeLessThan(1_000);
  // seconds of the processor, not minutes
  expect(outcome.ms).toBeLessThan(20_000);
});

test('all of it in less than a gigabyte', () => {
  expect(Math.max(...[...outcomes.values()].map((o) => o.megabytes))).toBeLessThan(1_000);
});
