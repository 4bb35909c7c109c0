import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { attemptRead } from '../node/system-errors.ts';
import type { MeasuredTimes } from '../pipeline/measured-times.ts';
import { type Io, usageError } from './io.ts';

/** Reads the file of `--times`. @throws a usage error for what is not of its form */
export function readTimes(file: string, io: Io): MeasuredTimes {
  const text = attemptRead(file, () => readFileSync(resolve(io.cwd, file), 'utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    throw usageError(`'${file}' is not JSON: ${e instanceof Error ? e.message : e}`, 'pipeline');
  }
  if (!isObject(value) || !isPositive(value.images) || !isObject(value.seconds)) {
    throw wrong(file, 'it lacks images (a number) or seconds (an object)');
  }
  for (const [path, seconds] of Object.entries(value.seconds)) {
    const halves = isObject(seconds) && isPositive(seconds.forward) && isPositive(seconds.backward);
    if (!isPositive(seconds) && !halves) throw wrong(file, `the time of '${path}' is none`);
  }
  return value as unknown as MeasuredTimes;
}

function wrong(file: string, why: string): Error {
  const form = '{"images": 8, "seconds": {"stem": 0.002, "stages.0": {"forward": 0.01, "backward": 0.02}}}';
  return usageError(`'${file}' is not a file of times such as ${form}: ${why}`, 'pipeline');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
