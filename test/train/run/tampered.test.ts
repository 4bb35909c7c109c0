import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBestEvaluation } from '../../../src/train/report/best-evaluation.ts';
import { lockRun } from '../../../src/train/run/run-lock.ts';
import type { Best } from '../../../src/train/run/state.ts';
import { enetc, type Ran } from '../../cli/fake-io.ts';
import { writeIdx } from './fixture.ts';
import { type Json, ofJson, type Tampering, tamperings } from './tamper.ts';

/** A network of a hundred weights. */
const spec = `model Small {
  param classes: int = 2
  convention torch
  input image: [1, 8, 8]
  stem: conv: Conv(8, kernel: 3, stride: 4) -> bn: BatchNorm -> GlobalAvgPool
  classifier: Linear(classes)
  return logits: classifier
}
`;

let cwd = '';
const whole = () => join(cwd, 'whole');

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'enetc-tampered-'));
  writeFileSync(join(cwd, 'tiny.enet'), spec);
  writeIdx(join(cwd, 'data'), 8, 4, 2);
  const recipe = '--data data --backend cpu --workers 1 --epochs 1 --batch 4 --warmup 0 --log-every 1 --out whole';
  const ran = await enetc(['train', 'tiny.enet', ...recipe.split(' ')], { cwd });
  expect(ran).toMatchObject({ code: 0, err: '' });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** What `eval` reads of a run. */
const evaluatedParts = /^(config|spec|best|last|a foreign spec|a folder|a link)/;

/** A run as somebody has changed it, resumed and evaluated: exit codes and what was said. */
async function tried(tampering: Tampering): Promise<Record<string, Ran>> {
  const run = join(cwd, 'run');
  rmSync(run, { recursive: true, force: true });
  cpSync(whole(), run, { recursive: true });
  tampering.apply(run);
  const resumed = await enetc(['train', '--resume', 'run', '--workers', '1'], { cwd });
  if (!evaluatedParts.test(tampering.name)) return { resumed };
  return { resumed, evaluated: await enetc(['eval', '--run', 'run', '--workers', '1'], { cwd }) };
}

/** Whether a command said what is wrong: one error at the end, no stack. */
function isClear({ code, err }: Ran): boolean {
  return code === 1 && /(^|\n)error: .+\n$/.test(err) && !/\n\s+at /.test(err);
}

describe.skipIf(process.platform === 'win32')('a run folder that somebody has touched', () => {
  test('each change is a clear error or does no harm', async () => {
    const list = tamperings(whole());
    const wrong: string[] = [];
    for (const tampering of list) {
      try {
        for (const [what, ran] of Object.entries(await tried(tampering))) {
          if (ran.code !== 0 && !isClear(ran)) wrong.push(`${what}: ${tampering.name}: ${ran.code} ${ran.err}`);
        }
      } catch (e) {
        wrong.push(`${tampering.name}: ${(e as Error).stack}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(list.length).toBeGreaterThan(300);
  }, 600_000);

  test('a run that was begun before a flag existed, which its configuration lacks, is evaluated', async () => {
    const run = join(cwd, 'older');
    cpSync(whole(), run, { recursive: true });
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as { settings: Json };
    expect(config.settings.quantize).toBe(false);
    delete config.settings.quantize;
    writeFileSync(join(run, 'config.json'), JSON.stringify(config));
    expect(await enetc(['eval', '--run', 'older', '--workers', '1'], { cwd })).toMatchObject({ code: 0 });
  });

  test('a lock of any content is a dead one’s unless it names a living process', () => {
    const run = join(cwd, 'locked');
    for (const { name, apply } of ofJson('lock', { pid: 2 ** 22 - 1, host: hostname(), started: '1' })) {
      rmSync(run, { recursive: true, force: true });
      mkdirSync(run);
      apply(run);
      try {
        lockRun({ path: run, shown: 'run' })();
        expect(readdirSync(run), name).toEqual([]);
      } catch (e) {
        // 'text' is the name of another machine.
        expect((e as Error).message, name).toMatch(
          /^process \d+ on '.*' is writing 'run'; if it is no longer running, remove/,
        );
        expect(name).toMatch(/^lock: host is/);
      }
    }
  });

  test('an evaluation of the best epoch of any content is read or left out', () => {
    const run = join(cwd, 'best');
    const best = JSON.parse(readFileSync(join(whole(), 'best.json'), 'utf8')) as Json;
    const state = { epoch: 0, accuracy: best.accuracy, weights: best.weights } as Best;
    expect(readBestEvaluation(whole(), state, 2)?.confusion.reduce((a, b) => a + b)).toBe(4);
    for (const { name, apply } of ofJson('best.json', best)) {
      rmSync(run, { recursive: true, force: true });
      mkdirSync(run);
      apply(run);
      const read = readBestEvaluation(run, state, 2);
      if (read) expect(name).toMatch(/^best.json: (images|loss|top5|mistakes)/);
    }
  });
});
