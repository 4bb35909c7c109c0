import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossKernels } from '../../../src/backends/eager/losses.ts';
import { createLoader } from '../../../src/train/data/create-loader.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import type { Batch } from '../../../src/train/data/types.ts';
import { evaluate } from '../../../src/train/loop/evaluate.ts';
import { predictedClass, rankOf } from '../../../src/train/loop/score.ts';
import { train } from '../../../src/train/loop/train.ts';
import type { EpochRecord } from '../../../src/train/metrics/run-log.ts';
import { learningRate } from '../../../src/train/schedule.ts';
import { resolveSettings } from '../../../src/train/settings.ts';
import { memoryLoader, temporaryFolder, tinyTask, writeIdx } from './fixture.ts';

test('cosine with a warm-up is timm’s, counted from the first step of the run', () => {
  const settings = resolveSettings({ optimiser: 'sgd', batch: 256, schedule: 'cosine', warmup: 1 });
  // CosineLRScheduler(t_initial=20, warmup_t=5, warmup_lr_init=0, warmup_prefix=False, t_in_epochs=False), rate 0.1; timm 1.0.31
  const expected = [
    0.0, 0.02, 0.04, 0.06, 0.08, 0.08535533905932738, 0.07938926261462366, 0.07269952498697733, 0.06545084971874737,
    0.05782172325201155, 0.05, 0.04217827674798847, 0.03454915028125263, 0.027300475013022664, 0.02061073738537635,
    0.014644660940672627, 0.009549150281252633, 0.005449673790581611, 0.0024471741852423235, 0.0006155829702431171,
  ];
  for (const [step, rate] of expected.entries()) {
    expect(learningRate(settings, step, { stepsPerEpoch: 5, totalSteps: 20 }), `step ${step}`).toBeCloseTo(rate, 14);
  }
});

describe('focal loss', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
    await tf.ready();
  });
  const focal = (logits: number[], targets: number[], gamma: number) => {
    const inputs = [tf.tensor2d([logits]), tf.tensor2d([targets]), tf.scalar(gamma)];
    const outputs = lossKernels.focalLoss({ tf } as never, { kind: 'focalLoss' }, inputs as never);
    const [loss, gradient] = outputs as readonly tf.Tensor[];
    if (!loss || !gradient) throw new Error('no loss');
    return [loss.dataSync()[0] as number, ...gradient.dataSync()] as [number, ...number[]];
  };

  // sum of -t (1 - p)^gamma log p with torch 2.13 in double precision, and its gradient by autograd
  test.each<[number[], number[], number, number, number[]]>([
    [
      [2, -1, 0.5],
      [1, 0, 0],
      2,
      0.011092750091379808,
      [-0.02728467408041881, 0.004977420961006116, 0.022307253119412698],
    ],
    [[2, -1, 0.5], [0, 1, 0], 2, 2.9927177820795428, [0.9167443088146968, -1.1212976132556818, 0.2045533044409849]],
    [
      [2, -1, 0.5],
      [0.8, 0.1, 0.1],
      0.5,
      0.5652525036935465,
      [0.05210045784854744, -0.07530147135035169, 0.02320101350180421],
    ],
    [[40, 0, 0], [0, 1, 0], 2, 40, [1, -1, 0]],
    // sure and right: what is left of 1 - p is a few units in the last place
    [
      [10, 0, 0],
      [1, 0, 0],
      0.5,
      8.651438655917886e-7,
      [-1.2976372499842663e-6, 6.488186249918729e-7, 6.488186249918729e-7],
    ],
    [
      [16, 0, 0],
      [1, 0, 0],
      0.5,
      1.0677690544254343e-10,
      [-1.6016533414596528e-10, 8.00826670513496e-11, 8.00826670513496e-11],
    ],
  ])('of %j for %j, gamma %d', (logits, targets, gamma, loss, gradient) => {
    const [ours, ...slopes] = focal(logits, targets, gamma);
    // Near 1 a probability of 32 bits has few digits of its doubt.
    const tolerance = (logits[0] as number) === 16 ? 0.15 : 2e-3;
    expect(Math.abs(ours - loss)).toBeLessThan(tolerance * Math.abs(loss));
    const scale = Math.max(...gradient.map(Math.abs));
    for (const [k, slope] of slopes.entries()) {
      expect(Math.abs(slope - (gradient[k] as number)), `gradient ${k}`).toBeLessThan(tolerance * scale);
    }
  });

  test('where 1 - p is 0 the gradient is 0 and not 0 / 0', () => {
    for (const gamma of [0, 0.5, 1, 2]) {
      for (const value of focal([200, 0, 0], [1, 0, 0], gamma))
        expect(Math.abs(value), `gamma ${gamma}`).toBeLessThan(1e-6);
    }
  });
});

describe('mixed images', () => {
  test.each([{ mixup: 0.5 }, { cutmix: 1 }])(
    'weigh what their targets weigh, the partner’s class too: %j',
    async (mixing) => {
      const folder = join(temporaryFolder(), 'data');
      writeIdx(folder, 48, 3);
      const dataset = await openDataset(folder, {});
      const classWeights = [1, 4, 16];
      const loader = createLoader(dataset, 'train', {
        batchSize: 16,
        size: 8,
        workers: 1,
        training: true,
        classWeights,
        ...mixing,
      });
      try {
        const mixed = new Set<string>();
        for await (const { targets, weights, labels } of loader.epoch(0) as AsyncIterable<Batch>) {
          for (const [n, label] of labels.entries()) {
            const row = [...targets.subarray(n * 3, n * 3 + 3)];
            const expected = row.reduce((sum, share, k) => sum + share * (classWeights[k] as number), 0);
            expect(weights[n]).toBeCloseTo(expected, 4);
            for (const [k, share] of row.entries()) if (k !== label && share > 0.01) mixed.add(`${label}${k}`);
          }
        }
        // Each class has met each other one.
        expect(mixed.size).toBeGreaterThan(4);
      } finally {
        await loader.close();
        dataset.close();
      }
    },
  );
});

describe('equal numbers', () => {
  test('of equal logits the first class is predicted, and those before stand above in the five most likely', () => {
    const logits = Float32Array.of(9, 9, 9, 9, 1, 1, 1, 1);
    expect(predictedClass(Float32Array.of(0, 1, 1), 0, 3)).toBe(1);
    expect(Array.from({ length: 8 }, (_, label) => rankOf(logits, 0, 8, label))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(Array.from({ length: 3 }, (_, label) => rankOf(new Float32Array(6), 1, 3, label))).toEqual([0, 1, 2]);
  });

  test('an evaluation counts as many among the five most likely as a stable order has there', async () => {
    // Eight images of eight classes, all logits equal: the first five classes are in, one is right.
    const batch = {
      index: 0,
      shape: [8, 1, 1, 1],
      images: new Float32Array(8),
      labels: Int32Array.from({ length: 8 }, (_, n) => n),
      weights: new Float32Array(8).fill(1),
      indices: new Int32Array(8),
      skipped: [],
    } as unknown as Batch;
    const loader = {
      batches: 1,
      images: 8,
      corrupt: new Map(),
      async *epoch() {
        yield batch;
      },
      close: async () => {},
    };
    const run = async () => ({
      losses: { shape: [8], data: new Float32Array(8) },
      logits: { shape: [8, 8], data: new Float32Array(64) },
    });
    expect(await evaluate({ loader, epoch: 0, classes: 8, mistakes: 0, run })).toMatchObject({
      accuracy: 1 / 8,
      top5: 5 / 8,
    });
  });

  test('of epochs with the same accuracy the later is the best', async () => {
    const records: EpochRecord[] = [];
    const task = await tinyTask(temporaryFolder(), {
      // At a rate of nothing nothing changes.
      settings: { rate: 0, epochs: 3, ema: 0 },
      loaders: { train: memoryLoader(1, 8), validation: memoryLoader(1, 8) },
      on: { epoch: (record) => void records.push(record) },
    });
    // The same images in each epoch, and the logits of the start.
    const { validation } = task.loaders;
    if (!validation) throw new Error('no validation');
    const same = { ...validation, epoch: () => validation.epoch(0) };
    const createRunner: typeof task.createRunner = async (program) => {
      const runner = await task.createRunner(program);
      const run: typeof runner.run = async (name, inputs) => {
        const outputs = await runner.run(name, inputs);
        if (name !== 'evaluate') return outputs;
        return { ...outputs, logits: { shape: [8, 3], data: new Float32Array(24) } };
      };
      return { ...runner, run };
    };
    const outcome = await train({ ...task, createRunner, loaders: { ...task.loaders, validation: same } });
    expect(new Set(records.map(({ validation }) => validation.raw?.accuracy)).size).toBe(1);
    expect(records.map(({ best }) => best)).toEqual([true, true, true]);
    expect(outcome.best?.epoch).toBe(2);
    expect(outcome.bestEvaluation?.epoch).toBe(2);
  });
});
