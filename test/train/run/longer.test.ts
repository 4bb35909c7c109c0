import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { train as trainLoop } from '../../../src/train/loop/train.ts';
import { lengthened, type RunConfig } from '../../../src/train/run/run-config.ts';
import { readRun, rewriteConfig } from '../../../src/train/run/run-folder.ts';
import { enetc } from '../../cli/fake-io.ts';
import { memoryLoader, type TaskChanges, temporaryFolder, tinySpec, tinyTask, writeIdx } from './fixture.ts';

const results = ['best.json', 'best.safetensors', 'last.safetensors', 'metrics.jsonl'];

function contents(run: string, more: readonly string[] = []): Record<string, string> {
  const newest = readdirSync(join(run, 'checkpoints')).sort().at(-1) as string;
  return Object.fromEntries(
    [...results, join('checkpoints', newest), ...more].map((name) => [name, readFileSync(join(run, name), 'base64')]),
  );
}

function project(cwd: string): string {
  writeFileSync(join(cwd, 'tiny.enet'), tinySpec);
  writeIdx(join(cwd, 'data'), 32, 12);
  return cwd;
}

const recipe =
  '--data data --backend cpu --workers 1 --batch 8 --optimiser adamw --rate 0.5 --warmup 1 --ema 0.9'.split(' ');
const begin = (cwd: string, out: string, epochs: number, ...more: string[]) =>
  enetc(['train', 'tiny.enet', ...recipe, '--epochs', String(epochs), '--out', out, ...more], { cwd });
const resume = (cwd: string, out: string, ...more: string[]) => enetc(['train', '--resume', out, ...more], { cwd });
const configOf = (cwd: string, out: string) =>
  JSON.parse(readFileSync(join(cwd, out, 'config.json'), 'utf8')) as RunConfig;

describe('a run is made longer', () => {
  let cwd = '';
  let long: Record<string, string> = {};
  beforeAll(async () => {
    cwd = project(mkdtempSync(join(tmpdir(), 'enetc-train-')));
    expect(await begin(cwd, 'long', 3)).toMatchObject({ code: 0, err: '' });
    long = contents(join(cwd, 'long'), ['config.json']);
  });

  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test('and is bit for bit the one that had the length from the start, its configuration too', async () => {
    expect((await begin(cwd, 'short', 1)).code).toBe(0);
    const longer = await resume(cwd, 'short', '--epochs', '2');
    expect(longer).toMatchObject({ code: 0, err: '' });
    expect(longer.out).toContain('recipe   2 epochs');
    expect(longer.out).toMatch(/^epoch 2\/2 /m);
    expect(longer.out).not.toMatch(/^epoch 1\//m);
    expect(readFileSync(join(cwd, 'short', 'report.html'), 'utf8')).toContain('<b>2 / 2</b><span>epochs</span>');
    // And once more.
    expect(await resume(cwd, 'short', '--epochs', '3')).toMatchObject({ code: 0, err: '' });
    expect(contents(join(cwd, 'short'), ['config.json'])).toEqual(long);
  });

  test('the same or fewer epochs are refused, and nothing else can be changed', async () => {
    for (const epochs of ['3', '2']) {
      expect(await resume(cwd, 'long', '--epochs', epochs)).toMatchObject({
        code: 1,
        err: "error: the run 'long' has 3 epochs: --epochs takes a larger number when it is resumed, which makes it longer\n",
      });
    }
    for (const [epochs, message] of [
      ['0', 'takes a number from 1'],
      ['1.5', 'takes a whole number'],
      ['1e12', 'takes a number of at most 1000000000'],
    ] as const) {
      const { code, err } = await resume(cwd, 'long', '--epochs', epochs);
      expect(code).toBe(2);
      expect(err).toContain(`--epochs ${message}`);
    }
    for (const other of [
      ['--rate', '1'],
      ['--batch', '4'],
      ['--schedule', 'cosine'],
      ['--seed', '1'],
    ]) {
      const { code, err } = await resume(cwd, 'long', '--epochs', '4', ...other);
      expect(code).toBe(2);
      expect(err).toMatch(
        /cannot be given with --resume: a run keeps its settings, except --epochs.* --weights long\/last/,
      );
    }
    expect(contents(join(cwd, 'long'), ['config.json'])).toEqual(long);
    // What fails before the first step leaves the run's length as it was.
    expect((await resume(cwd, 'long', '--epochs', '4', '--data', 'nowhere')).code).toBe(1);
    expect(contents(join(cwd, 'long'), ['config.json'])).toEqual(long);
  });

  test('with the cosine schedule the rate jumps, which is said and kept', async () => {
    expect((await begin(cwd, 'cosine', 1, '--schedule', 'cosine')).code).toBe(0);
    const longer = await resume(cwd, 'cosine', '--epochs', '2');
    expect(longer.code).toBe(0);
    // 4 steps an epoch: from the end of a half cosine of 4 to the middle of one of 8, of 0.5 * 8 / 256
    expect(longer.err).toBe(
      'warning: the cosine schedule spans the whole run, so that the learning rate jumps from 0 to 0.00781 after step 4: the result differs from that of a run of 2 epochs from the start\n',
    );
    expect(configOf(cwd, 'cosine')).toMatchObject({ settings: { epochs: 2 }, lengthened: [{ epochs: 1, step: 4 }] });
    const report = readFileSync(join(cwd, 'cosine', 'report.html'), 'utf8');
    expect(report).toContain('it had 1 epoch until step 4');
    // Without the record the checkpoints are of another configuration: the course is not what it says.
    expect((await resume(cwd, 'cosine')).code).toBe(0);
    const { lengthened: _, ...config } = configOf(cwd, 'cosine');
    writeFileSync(
      join(cwd, 'cosine', 'config.json'),
      JSON.stringify({ ...config, settings: { ...config.settings, epochs: 5 } }),
    );
    expect((await resume(cwd, 'cosine')).err).toContain('belongs to another configuration');
  });

  test('with --progressive the sizes jump, which is said', async () => {
    expect((await begin(cwd, 'growing', 2, '--progressive', '4-8/2')).code).toBe(0);
    const longer = await resume(cwd, 'growing', '--epochs', '5');
    expect(longer.code).toBe(0);
    expect(longer.err).toContain(
      'warning: the image sizes of --progressive are spread over the whole run, so that the size jumps from 8 to 4 in epoch 3: the result differs from that of a run of 5 epochs from the start\n',
    );
  });

  test('a configuration that is shorter than what is trained is an error', async () => {
    expect((await begin(cwd, 'cut', 2)).code).toBe(0);
    const config = configOf(cwd, 'cut');
    writeFileSync(
      join(cwd, 'cut', 'config.json'),
      JSON.stringify({ ...config, settings: { ...config.settings, epochs: 1 } }),
    );
    const { code, err } = await resume(cwd, 'cut');
    expect(code).toBe(1);
    expect(err).toContain("error: the run 'cut' has trained 2 epochs, more than its config.json states\n");
  });
});

describe('ended while it is made longer, a run goes on', () => {
  test.each<[string, TaskChanges]>([
    ['with a constant rate', { settings: { schedule: 'constant' } }],
    ['with cosine', { settings: { schedule: 'cosine' } }],
  ])('%s', async (_, { settings }) => {
    const [whole, pieces] = [temporaryFolder(), temporaryFolder()];
    const longer = { settings: { ...settings, epochs: 2 } };
    const lengthen = (path: string) => {
      const folder = { path, shown: 'run' };
      rewriteConfig(folder, lengthened(readRun(folder).config, 2, 3, 'run'));
    };
    const loaders = { train: memoryLoader(3, 8), validation: memoryLoader(1, 8) };
    for (const path of [whole, pieces]) {
      await trainLoop(await tinyTask(path, { settings: { ...settings, epochs: 1 }, loaders }));
      // Killed here, after the configuration and before any checkpoint of its own.
      lengthen(path);
    }
    expect(await trainLoop(await tinyTask(whole, { ...longer, loaders }))).toMatchObject({ finished: true, step: 6 });
    for (let looks = 0; ; looks = 2) {
      let left = looks;
      const task = await tinyTask(pieces, { ...longer, loaders, stopped: () => left-- <= 0 });
      if ((await trainLoop(task)).finished) break;
    }
    expect(contents(pieces)).toEqual(contents(whole));
    expect(existsSync(join(pieces, 'report.html'))).toBe(true);
  });
});
