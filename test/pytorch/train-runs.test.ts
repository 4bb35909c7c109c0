import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { scalarRecord, versionRecord } from '../../src/train/metrics/event-record.ts';
import { readRecords } from '../../src/train/metrics/read-records.ts';
import type { StepRecord } from '../../src/train/metrics/run-log.ts';
import { trainedNetwork } from '../../src/train/open/compile-network.ts';
import { openStoredNetwork } from '../../src/train/open/stored-network.ts';
import { readBestEvaluation } from '../../src/train/report/best-evaluation.ts';
import { readRun } from '../../src/train/run/run-folder.ts';
import { stateProblem, type TrainState } from '../../src/train/run/state.ts';
import { enetc } from '../cli/fake-io.ts';
import { build, model } from '../language/build.ts';
import { findPython } from '../oracle.ts';
import { runToEnd, startTrain } from './python-train.ts';
import { checkpoints, furthest, numbersIn, readTensors, writeFolder, writePictures } from './train-files.ts';

const python = findPython(['torch', 'safetensors', 'PIL']);
const root = mkdtempSync(join(tmpdir(), 'enet-torch-runs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What a run's folder is, as any command reads it. */
const folderOf = (path: string) => ({ path, shown: path });

describe.skipIf(!python)('runs of train.py', () => {
  const plain = build(
    model(
      '  input image: [1, 16, 20]\n  a: c: Conv(4, 3, stride: 2) -> relu -> GlobalAvgPool -> Dropout(0.3)\n  b: Linear(2)\n  return b\n  auxiliary 0.3: a -> d: Linear(2)',
    ),
  );
  const normed = build(
    model(
      '  input image: [3, 16, 16]\n  a: c: Conv(4, 3, stride: 2) -> n: BatchNorm -> relu -> GlobalAvgPool\n  b: Linear(2)',
    ),
  );
  const common = [
    '--workers',
    '0',
    '--warmup',
    '0',
    '--rate',
    '0.5',
    '--ema',
    '0.8',
    '--seed',
    '4',
    '--log-every',
    '1',
  ];

  // larger than the network's input: training crops them
  const pictures = python
    ? writePictures(join(root, 'pictures'), { train: 11, val: 3 }, [70, 66])
    : Promise.resolve('');

  const twoProcesses = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2', 'train.py'];
  const torchrun = async (folder: string, argv: readonly string[]) =>
    runToEnd(python!, [...twoProcesses, await pictures, ...argv], folder);
  const childrenOf = (parent: number): number[] =>
    execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, of]) => of === parent)
      .map(([pid]) => pid!);

  test('a picture that Pillow does not know is named, once', async () => {
    const folder = writeFolder(join(root, 'unknown-picture'), plain);
    const set = join(root, 'unknown-set', 'train');
    for (const [name, colour] of [
      ['dark', '#202020'],
      ['light', '#e0e0e0'],
    ] as const) {
      mkdirSync(join(set, name), { recursive: true });
      const picture = sharp({ create: { width: 70, height: 66, channels: 3, background: colour } });
      for (let i = 0; i < 8; i++) await picture.png().toFile(join(set, name, `${i}.png`));
    }
    writeFileSync(join(set, 'dark', '3.png'), 'not a picture, but long enough for one');
    const ran = runToEnd(python!, ['train.py', join(set, '..'), ...common, '--epochs', '1', '--batch', '16'], folder);
    await expect(ran).rejects.toThrow(/dark.3\.png' cannot be read: it is not a picture in a format of Pillow's$/m);
  });

  const endProcess = (pid: number): void => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (e) {
      // it ended by itself
      if ((e as NodeJS.ErrnoException).code !== 'ESRCH') throw e;
    }
  };

  test('two processes give what one gives that accumulates', async () => {
    const folder = writeFolder(join(root, 'plain'), plain);
    const driver = startTrain(python!, folder);
    const argv = [...common, '--epochs', '2', '--batch', '4', '--clip-norm', '0.5'];
    const [one, two] = [join(root, 'plain-1'), join(root, 'plain-2')];
    await torchrun(folder, [...argv, '--parallel', 'ddp', '--out', two]);
    const alone = [await pictures, ...argv, '--accumulate', '2', '--out', one];
    expect(await driver.ask({ what: 'run', argv: alone })).toBe(0);
    driver.close();
    await checkRunFolder(one);
    const [found, expected] = await Promise.all([one, two].map((run) => readTensors(join(run, 'last.safetensors'))));
    expect(furthest(found!, expected!)).toBeLessThan(1e-6);
    const lines = [one, two].map((run) => records(run));
    expect(lines[0]).toHaveLength(8);
    for (const [i, line] of lines[0]!.entries()) {
      expect(lines[1]![i]!.kind).toBe(line.kind);
      if (line.kind === 'step') expect(lines[1]![i]!.loss as number).toBeCloseTo(line.loss as number, 6);
      else expect(lines[1]![i]!.validation).toEqual(line.validation);
    }
  });

  test('norms over two processes, which torchrun resumes wherever they were killed', async () => {
    const folder = writeFolder(join(root, 'normed'), normed);
    const driver = startTrain(python!, folder);
    const argv = [...common, '--epochs', '3', '--batch', '8', '--save-every', '1'];
    const [whole, killed, two] = ['whole', 'killed', 'two'].map((name) => join(root, name)) as [string, string, string];
    expect(await driver.ask({ what: 'run', argv: [await pictures, ...argv, '--out', whole] })).toBe(0);
    driver.close();
    // the same batches in halves, with statistics over both
    const halves = [...argv.map((part) => (part === '8' ? '4' : part)), '--parallel', 'ddp', '--sync-batch-norm'];
    await torchrun(folder, [...halves, '--out', two]);
    const [found, expected] = await Promise.all([two, whole].map((run) => readTensors(join(run, 'last.safetensors'))));
    expect(furthest(found!, expected!)).toBeLessThan(1e-5);

    // another point in each run of this test; on a busy machine a run may end before it is killed: then again, earlier
    let step = 1 + Math.floor(Math.random() * 6);
    for (; ; step = 1) {
      rmSync(killed, { recursive: true, force: true });
      const child = spawn(python!, [...twoProcesses, await pictures, ...halves, '--out', killed], {
        cwd: folder,
        stdio: 'ignore',
        env: { ...process.env, OMP_NUM_THREADS: '1' },
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      while (child.exitCode === null && !checkpoints(killed).some((name) => name >= `step-00000000${step}`)) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(child.exitCode ?? 0).toBe(0);
      const workers = childrenOf(child.pid!);
      child.kill('SIGKILL');
      for (const pid of workers) endProcess(pid);
      await ended;
      if (workers.length === 2 && checkpoints(killed).at(-1)! < 'step-000000009') break;
    }

    await torchrun(folder, ['--resume', killed, '--workers', '0']);
    for (const file of ['last.safetensors', 'best.safetensors', 'checkpoints/step-000000009.safetensors']) {
      const same = numbersIn(join(killed, file)).equals(numbersIn(join(two, file)));
      expect(same, `${file}, killed after step ${step}`).toBe(true);
    }
    expect(readFileSync(join(killed, 'metrics.jsonl'), 'utf8')).toBe(readFileSync(join(two, 'metrics.jsonl'), 'utf8'));
  });

  /** What reads the runs of `enetc train` reads this one: eval and compile, the state, metrics and events. */
  async function checkRunFolder(run: string): Promise<void> {
    const evaluated = await enetc(['eval', '--run', run, '--backend', 'cpu', '--workers', '1', '--json'], {
      cwd: root,
    });
    expect(evaluated.err).toBe('');
    const { top1, images } = JSON.parse(evaluated.out) as { top1: number; images: number };
    const { config, hashes } = readRun(folderOf(run));
    expect(config).toMatchObject({ engine: { name: 'pytorch', processes: 1 }, settings: { accumulate: 2 } });
    expect(images).toBe(config.images.validation);
    const lines = readRecords(run);
    const epochs = lines.filter((line) => line.kind === 'epoch');
    const best = epochs.findLast((line) => line.best)!;
    const scores = Object.values(best.validation).map(({ accuracy }) => accuracy);
    expect(top1).toBe(Math.max(...scores));
    const compiled = await enetc(['compile', '--run', run, '-o', 'run.onnx'], { cwd: root });
    expect(compiled).toMatchObject({ code: 0, err: '' });

    const name = readdirSync(join(run, 'checkpoints'))
      .filter((file) => file.startsWith('step-'))
      .sort()
      .at(-1)!;
    const { checkpoint, close } = await openCheckpoint(join(run, 'checkpoints', name), '/');
    const state = JSON.parse(checkpoint!.metadata.get('state')!) as TrainState;
    expect(stateProblem(state)).toBe(undefined);
    expect(state.step).toBe(epochs.at(-1)!.step);
    const { network } = openStoredNetwork(folderOf(run), () => {});
    const { variables } = trainedNetwork(network, config.settings, { keepStatistics: false }, () => {}).training
      .program;
    const shapes = variables.filter((variable) => !variable.name.endsWith('/sum'));
    expect(Object.fromEntries([...checkpoint!.tensors].map(([key, { shape }]) => [key, shape]))).toEqual(
      Object.fromEntries(shapes.map((variable) => [variable.name, variable.shape])),
    );
    close();
    expect(hashes).toHaveLength(1);
    expect(
      readBestEvaluation(run, state.best, 2)!.mistakes.every(({ image }) => image.startsWith('data:image/png')),
    ).toBe(true);

    const events = readFileSync(join(run, 'events.out.tfevents.0.enetc'));
    expect(events.length).toBe(state.log.events);
    const first = lines[0] as StepRecord;
    const at = versionRecord(0).length;
    const length = Number(events.readBigUInt64LE(at));
    const wallTime = events.readDoubleLE(at + 12 + 1);
    const { 'step/images_per_second': speed, ...known } = scalarsOf(events.subarray(at + 12, at + 12 + length));
    expect(speed).toBeGreaterThan(0);
    const scalars = { 'step/loss': first.loss, 'step/rate': first.rate, 'step/gradient_norm': first.norm };
    for (const [tag, value] of Object.entries(scalars)) expect(known[tag]).toBeCloseTo(value, 5);
    const expected = scalarRecord({ wallTime, step: 1, scalars: { ...scalars, 'step/images_per_second': speed! } });
    expect(events.subarray(at, at + 16 + length)).toEqual(Buffer.from(expected));
  }

  /** The values of an event, by tag. */
  function scalarsOf(event: Buffer): Record<string, number> {
    const found: Record<string, number> = {};
    for (const match of event.toString('latin1').matchAll(/\n.\n.(step\/[a-z_]+)\x15([\s\S]{4})/g)) {
      found[match[1]!] = Buffer.from(match[2]!, 'latin1').readFloatLE();
    }
    return found;
  }

  function records(run: string): Record<string, unknown>[] {
    const text = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
});
