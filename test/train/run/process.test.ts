import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { nextUnit, randomState } from '../../../src/weights/random.ts';
import { temporaryFolder, tinySpec, writeIdx } from './fixture.ts';

/** The real process, as `npm test` has just built it. */
const entry = fileURLToPath(new URL('../../../dist/enetc.cjs', import.meta.url));

beforeAll(() => {
  if (!existsSync(entry)) throw new Error('there is no dist/enetc.cjs: npm run build');
});

const recipe =
  '--data data --backend cpu --workers 1 --epochs 4 --batch 8 --save-every 1 --log-every 1 --optimiser adamw --rate 0.3 --warmup 1 --ema 0.9';
const fresh = ['train', 'tiny.enet', ...recipe.split(' '), '--out', 'run', '--quiet'];
const resume = ['train', '--resume', 'run', '--quiet'];

/** How often a run is killed; ENET_KILLS asks for more. */
const most = Number(process.env.ENET_KILLS ?? 12);

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

function start(cwd: string, argv: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [entry, ...argv], { cwd, env: { PATH: process.env.PATH } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let err = '';
  child.stderr?.on('data', (text: Buffer) => {
    err += text;
  });
  return { child, ended: new Promise((done) => child.on('close', (code) => done({ code, err }))) };
}

function project(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.enet'), tinySpec);
  writeIdx(join(cwd, 'data'), 40, 16);
  return cwd;
}

/** What a run leaves, but for its events, which have the time in them. */
function results(cwd: string): Record<string, string> {
  const run = join(cwd, 'run');
  expect(readdirSync(run).sort()).toEqual([
    'best.json',
    'best.safetensors',
    'checkpoints',
    'config.json',
    'events.out.tfevents.0.enetc',
    'last.safetensors',
    'metrics.jsonl',
    'report.html',
    'spec',
  ]);
  const newest = join('checkpoints', 'step-000000020.safetensors');
  return Object.fromEntries(
    ['best.json', 'best.safetensors', 'last.safetensors', 'metrics.jsonl', newest].map((name) => [
      name,
      readFileSync(join(run, name)).toString('base64'),
    ]),
  );
}

let unbroken: Promise<Record<string, string>> | undefined;

/** The results of a run that nothing ends. */
function whole(): Promise<Record<string, string>> {
  unbroken ??= (async () => {
    const cwd = project();
    expect(await start(cwd, fresh).ended).toEqual({ code: 0, err: '' });
    return results(cwd);
  })();
  return unbroken;
}

/** Kills a process without warning at the n-th change of its run's files. */
function killAt(child: ChildProcess, cwd: string, changes: number): void {
  let left = changes;
  const watched = new Set<string>();
  // The folders come into being under way.
  const look = () => {
    for (const folder of ['.', 'run', 'run/checkpoints']) {
      if (watched.has(folder) || !existsSync(join(cwd, folder))) continue;
      watched.add(folder);
      const watcher = watch(join(cwd, folder), () => {
        if (--left === 0) child.kill('SIGKILL');
        look();
      });
      child.on('close', () => watcher.close());
    }
  };
  look();
}

describe('the process', () => {
  test('killed at many points, it goes on to the same bytes', async () => {
    const expected = await whole();
    const cwd = project();
    const random = randomState(Number(process.env.ENET_SEED ?? 7), 'kill');
    let kills = 0;
    for (let piece = 0; ; piece++) {
      const argv = existsSync(join(cwd, 'run', 'config.json')) ? resume : fresh;
      const { child, ended } = start(cwd, argv);
      // The first kills are early: while the folder is made. In the end it may come through.
      if (piece < most) killAt(child, cwd, 1 + Math.floor(nextUnit(random) * (piece < 5 ? 12 : 60)));
      const { code, err } = await ended;
      if (code === 0) break;
      expect({ code, err }).toEqual({ code: null, err: '' });
      kills++;
    }
    expect(kills).toBeGreaterThan(most / 2);
    expect(results(cwd)).toEqual(expected);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves a checkpoint and says how to go on; nobody else may meanwhile', async (signal, expected) => {
    const cwd = project();
    const { child, ended } = start(cwd, fresh);
    const third = join(cwd, 'run', 'checkpoints', 'step-000000003.safetensors');
    await until(() => existsSync(third) || child.exitCode !== null);
    child.kill(signal);
    const { code, err } = await ended;
    expect({ code, err: err.replace(/step \d+/, 'step N') }).toEqual({
      code: expected,
      err: 'stopping after this step, with a checkpoint; interrupt again to end at once\nstopped after step N, with a checkpoint; continue with\n  enetc train --resume run\n',
    });
    expect(existsSync(join(cwd, 'run', 'lock'))).toBe(false);
    // Two at once: one of them is told.
    const both = await Promise.all([start(cwd, resume).ended, start(cwd, resume).ended]);
    expect(both.map(({ code: c }) => c).sort()).toEqual([0, 1]);
    expect(both.find(({ code: c }) => c === 1)?.err).toMatch(/is writing 'run'|has just taken 'run'/);
    expect(results(cwd)).toEqual(await whole());
  });

  test('a second Ctrl-C ends at once', async () => {
    const cwd = project();
    // A step of many batches, so that there is time.
    const slow = ['--batch', '1', '--accumulate', '40', '--resolution', '48', '--save-every', '1', '--out', 'run'];
    const { child, ended } = start(cwd, [
      'train',
      'tiny.enet',
      '--data',
      'data',
      '--backend',
      'cpu',
      ...slow,
      '--quiet',
    ]);
    const beginning = join(cwd, 'run', 'checkpoints', 'step-000000000.safetensors');
    await until(() => existsSync(beginning) || child.exitCode !== null);
    child.kill('SIGINT');
    child.stderr?.once('data', () => child.kill('SIGINT'));
    expect((await ended).err).not.toContain('stopped after');
    expect(child.signalCode).toBe('SIGINT');
    expect(existsSync(beginning)).toBe(true);
  });
});

/** Waits for something to come true, for as long as the test may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((next) => setTimeout(next, 2));
}
