import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crc32c } from '../../../src/train/metrics/crc32c.ts';
import { eventsFile, metricsFile, openRunLog, type StepRecord } from '../../../src/train/metrics/run-log.ts';
import { findPython, runPython } from '../../oracle.ts';
import { temporaryFolder } from './fixture.ts';

const python = findPython(['tensorflow']);

const step = (n: number): StepRecord => ({ kind: 'step', step: n, epoch: 0, loss: 1 / n, rate: 0.016, norm: n });

test('the checksum of RFC 3720, B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

test.runIf(python)('TensorFlow reads the events', () => {
  const folder = temporaryFolder();
  const log = openRunLog(folder, { metrics: 0, events: 0 }, () => 1_700_000_000.5);
  for (const n of [1, 300]) log.write(step(n), { 'step/images_per_second': 12.5 });
  log.close();
  const script = `
import json, sys, tensorflow as tf
events = [{"time": e.wall_time, "step": e.step, "version": e.file_version, "values": {v.tag: v.simple_value for v in e.summary.value}}
          for e in tf.compat.v1.train.summary_iterator(sys.argv[1])]
print(json.dumps(events))`;
  const events = JSON.parse(
    runPython(python as string, script, [join(folder, eventsFile)])
      .trim()
      .split('\n')
      .at(-1) as string,
  );
  const third = Math.fround(1 / 300);
  expect(events).toEqual([
    { time: 1_700_000_000.5, step: 0, version: 'brain.Event:2', values: {} },
    ...[
      [1, 1, 1],
      [300, third, 300],
    ].map(([n, loss, norm]) => ({
      time: 1_700_000_000.5,
      step: n,
      version: '',
      values: {
        'step/loss': loss,
        'step/rate': Math.fround(0.016),
        'step/gradient_norm': norm,
        'step/images_per_second': 12.5,
      },
    })),
  ]);
});

test('a log is cut back to where a checkpoint saw it', () => {
  const folder = temporaryFolder();
  const now = () => 1;
  const whole = openRunLog(folder, { metrics: 0, events: 0 }, now);
  whole.write(step(1));
  const sizes = whole.sizes();
  whole.write(step(2));
  whole.close();
  const files = () => [metricsFile, eventsFile].map((name) => readFileSync(join(folder, name)).toString('hex'));
  const before = files();
  const again = openRunLog(folder, sizes, now);
  again.write(step(2));
  again.close();
  expect(files()).toEqual(before);
  expect(
    readFileSync(join(folder, metricsFile), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  ).toEqual([step(1), step(2)]);
  expect(() => openRunLog(folder, { ...sizes, metrics: 100_000 }, now)).toThrow('was changed since');
});
