import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphTensors } from '../../../src/5-graph/graph.ts';
import { type CreateRunner, OutOfMemoryError } from '../../../src/backends/runner.ts';
import type { Report } from '../../../src/train/events.ts';
import { train } from '../../../src/train/loop/train.ts';
import type { EpochRecord } from '../../../src/train/metrics/run-log.ts';
import { newestState } from '../../../src/train/run/state-file.ts';
import type { Settings } from '../../../src/train/settings.ts';
import { openSafetensors } from '../../../src/weights/readers/readers.ts';
import { memoryLoader, type TaskChanges, temporaryFolder, tinyTask } from './fixture.ts';

// Without validation there is no best.
const compared = ['best.json', 'best.safetensors', 'last.safetensors', 'metrics.jsonl', 'report.html'];

function contents(folder: string): Record<string, string> {
  const checkpoints = readdirSync(join(folder, 'checkpoints')).map((name) => join('checkpoints', name));
  const newest = checkpoints.sort().at(-1) as string;
  return Object.fromEntries(
    [...compared.filter((name) => readdirSync(folder).includes(name)), newest].map((name) => [
      name,
      readFileSync(join(folder, name)).toString('base64'),
    ]),
  );
}

/** Runs a task again and again, each time stopped after so many looks at the signal. */
async function inPieces(folder: string, changes: TaskChanges, looks: number): Promise<number> {
  for (let pieces = 1; ; pieces++) {
    let left = looks;
    const { finished } = await train(await tinyTask(folder, { ...changes, stopped: () => left-- <= 0 }));
    if (finished) return pieces;
    if (pieces > 20) throw new Error('the run does not come to its end');
  }
}

function tensorsOf(path: string): Map<string, number[]> {
  const bytes = readFileSync(path);
  const file = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const { checkpoint } = openSafetensors(file, path);
  if (!checkpoint) throw new Error(`${path} is not a safetensors file`);
  return new Map([...checkpoint.tensors.keys()].map((name) => [name, [...checkpoint.read(name)]]));
}

const sgd: Partial<Settings> = {
  optimiser: 'sgd',
  epsilon: 0,
  nesterov: true,
  loss: 'focal',
  freeze: 'stem',
  'head-rate': 3,
  rate: 1,
};
const growing = (epoch: number) => (epoch === 0 ? 6 : 8);
const grown: TaskChanges = {
  settings: { progressive: '6-8/2', optimiser: 'rmsprop', rate: 0.05, epochs: 2, evaluate: 'both' },
  loaders: { train: memoryLoader(6, 8, growing), validation: memoryLoader(2, 8, growing) },
};

/** Steps of 12, 12 and 6 images. */
const unequal: TaskChanges = {
  settings: { batch: 4, accumulate: 3, warmup: 0 },
  loaders: { train: memoryLoader(8, 4, undefined, 2), validation: memoryLoader(2, 8) },
};

describe('a stopped run goes on to the same bytes as one that is not', () => {
  test.each<[string, TaskChanges]>([
    ['with dropout, stochastic depth and averages', {}],
    ['with accumulated gradients, clipped', { settings: { accumulate: 2, 'clip-norm': 0.5 } }],
    ['with a last step of fewer batches and images', unequal],
    ['with sizes that grow, RMSProp, raw weights too', grown],
    ['with SGD, focal loss, a frozen stem, a faster head', { settings: sgd }],
    [
      'with weights and values rounded, norms frozen at the end',
      { settings: { quantize: true, ema: 0, 'freeze-norms': 1 } },
    ],
    ['without validation or averages', { settings: { ema: 0 }, loaders: { train: memoryLoader(5, 8) } }],
  ])('%s', async (_, changes) => {
    const [whole, pieces] = [temporaryFolder(), temporaryFolder()];
    await train(await tinyTask(whole, changes));
    expect(await inPieces(pieces, changes, 6)).toBeGreaterThan(2);
    expect(contents(pieces)).toEqual(contents(whole));
  });
});

test.each(['stages', 'none'])('values made again, checkpoint %s, leave the weights as they are', async (checkpoint) => {
  const [kept, again] = [temporaryFolder(), temporaryFolder()];
  await train(await tinyTask(kept, {}));
  await train(await tinyTask(again, { settings: { checkpoint } }));
  const last = 'last.safetensors';
  expect(tensorsOf(join(again, last))).toEqual(tensorsOf(join(kept, last)));
});

test('a limit of memory is a number of bytes, which a step can keep', async () => {
  const tried = async (checkpoint: string) => train(await tinyTask(temporaryFolder(), { settings: { checkpoint } }));
  await expect(tried('lots')).rejects.toThrow("takes stages, none, or a number of bytes such as 2GB, not 'lots'");
  await tried('1GB');
});

describe('a run', () => {
  test('learns, and the averages are what best.safetensors holds', async () => {
    const folder = temporaryFolder();
    const records: EpochRecord[] = [];
    const on = { epoch: (record: EpochRecord) => void records.push(record) };
    const settings = { epochs: 12, 'label-smoothing': 0 };
    const outcome = await train(await tinyTask(folder, { settings, on }));
    expect(outcome).toMatchObject({ finished: true, step: 72, best: { weights: 'averages' } });
    expect(records.at(-1)?.train.loss).toBeLessThan(0.7 * (records[0]?.train.loss as number));
    expect(outcome.best?.accuracy).toBeGreaterThan(0.9);
    // 16 validation images are more than a fifth of 48: the raw weights are not validated.
    expect(Object.keys(records[0]?.validation ?? {})).toEqual(['averages']);
    const state = tensorsOf(join(folder, 'checkpoints', 'step-000000072.safetensors'));
    const last = tensorsOf(join(folder, 'last.safetensors'));
    expect(last.size).toBeGreaterThan(20);
    for (const [name, values] of last) expect(values, name).toEqual(state.get(`${name}/ema`));
  });

  test('frozen norms keep their statistics in the last epochs, and train what else they have', async () => {
    const folders = [1, 2].map(() => temporaryFolder());
    const [before, after] = await Promise.all(
      folders.map(async (folder, i) => {
        const settings = { epochs: i + 1, ema: 0, schedule: 'constant', warmup: 0, 'freeze-norms': i } as const;
        await train(await tinyTask(folder, { settings }));
        return tensorsOf(join(folder, 'last.safetensors'));
      }),
    );
    const same = [...before!].flatMap(([name, values]) => (String(values) === String(after!.get(name)) ? [name] : []));
    const statistics = [...before!.keys()].filter((name) => /running_(mean|var)$/.test(name));
    expect(same.sort()).toEqual(statistics.sort());
    expect(statistics.length).toBeGreaterThan(5);
  });

  test('frozen parts stay bit for bit, averages and statistics too', async () => {
    const folder = temporaryFolder();
    const task = await tinyTask(folder, { settings: { freeze: 'stem,stages.0' } });
    const { graph } = task.network({ size: undefined, keepStatistics: false });
    const initial = await task.start(graph);
    const before = new Map([...graphTensors(graph)].map(({ tensor }) => [tensor.name, [...initial.read(tensor)]]));
    await train(task);
    const moved = [...tensorsOf(join(folder, 'last.safetensors'))].flatMap(([name, values]) =>
      String(values) === String(before.get(name)) ? [] : [name.split('.').slice(0, 1).join()],
    );
    expect(new Set(moved)).toEqual(new Set(['head', 'classifier']));
  });

  test('a loss that is not a number names step, layer and checkpoint, and changes nothing', async () => {
    const folder = temporaryFolder();
    const broken = await tinyTask(folder);
    const createRunner: CreateRunner = async (program) => {
      const runner = await broken.createRunner(program);
      let steps = 0;
      return {
        ...runner,
        run: async (name, inputs) => {
          // The fourth step's weights have something too large to multiply with.
          if (name === 'train' && ++steps === 4) {
            await runner.write(new Map([['head.bn.weight', new Float32Array(8).fill(3e38)]]));
          }
          return runner.run(name, inputs);
        },
      };
    };
    await expect(train({ ...broken, createRunner })).rejects.toThrow(
      /^step 4, in epoch 1, has numbers that are not finite: the first is an activation of 'head\.\S*'\. .*run\/checkpoints\/step-000000002\.safetensors/,
    );
    expect(newestState(broken.folder)).toContain('step-000000002');
    // What was left is good: the run goes on from it.
    expect(await train(await tinyTask(folder))).toMatchObject({ finished: true });
  });

  test('weights that are not numbers never become a checkpoint', async () => {
    const folder = temporaryFolder();
    const task = await tinyTask(folder);
    const createRunner: CreateRunner = async (program) => {
      const runner = await task.createRunner(program);
      let reads = 0;
      const read: typeof runner.read = async (names) => {
        const values = await runner.read(names);
        return ++reads < 3 ? values : new Map([...values, ['stem.conv.weight', Float32Array.of(Number.NaN)]]);
      };
      return { ...runner, read };
    };
    await expect(train({ ...task, createRunner })).rejects.toThrow(
      "after step 4, in epoch 1, 'stem.conv.weight' has numbers that are not finite: they are not written to a checkpoint; the last good checkpoint is run/checkpoints/step-000000002.safetensors",
    );
    expect(newestState(task.folder)).toContain('step-000000002');
  });

  test('memory that does not suffice: half the batch, twice the batches', async () => {
    const task = await tinyTask(temporaryFolder());
    const createRunner: CreateRunner = async (program) => ({
      ...(await task.createRunner(program)),
      run: async () => {
        throw new OutOfMemoryError('no more');
      },
    });
    await expect(train({ ...task, createRunner })).rejects.toThrow(
      "there is not enough memory for a step of 8 images of 8 x 8: use 'batch: 4' 'accumulate: 2'",
    );
  });

  test('each image of a step counts the same, in its last partial batch too', async () => {
    const shares: number[] = [];
    const task = await tinyTask(temporaryFolder(), { ...unequal, settings: { ...unequal.settings, epochs: 1 } });
    const reports: number[] = [];
    const createRunner: CreateRunner = async (program) => {
      const runner = await task.createRunner(program);
      return {
        ...runner,
        run: (name, inputs) => {
          if (name === 'accumulate') shares.push(inputs.share?.data[0] as number);
          return runner.run(name, inputs);
        },
      };
    };
    const report: Report = (event) => {
      if (event.kind === 'step') reports.push(event.images);
    };
    expect(await train({ ...task, createRunner, report })).toMatchObject({ finished: true, step: 3 });
    const third = Math.fround(1 / 3);
    expect(shares).toEqual([third, third, third, third, third, third, Math.fround(4 / 6), Math.fround(2 / 6)]);
    expect(reports).toEqual([12, 12, 6]);
  });

  test('an epoch without a step is said', async () => {
    const task = await tinyTask(temporaryFolder(), { settings: { accumulate: 7 } });
    await expect(train(task)).rejects.toThrow('a step takes 56 images, and there are fewer training images');
  });
});
