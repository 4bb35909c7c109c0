import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { applyPasses } from '../../src/6-emit/emit.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import { writeTrain } from '../../src/6-emit/pytorch/train-script/write-train.ts';
import { writeModel } from '../../src/6-emit/pytorch/write-model.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { compile } from '../../src/compile.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { evaluationFraming } from '../../src/train/augment/crops.ts';
import { applyPolicy } from '../../src/train/augment/policies.ts';
import { resample } from '../../src/train/data/resample.ts';
import { trainingOptions } from '../../src/train/loop/training-options.ts';
import { classScores, macroScores } from '../../src/train/metrics/class-scores.ts';
import { parseProgression, sizeOfEpoch } from '../../src/train/progressive.ts';
import { learningRate } from '../../src/train/schedule.ts';
import { selectTensors } from '../../src/train/select-tensors.ts';
import { checkedSettings, type SettingName, type Settings, settingTable } from '../../src/train/settings.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';
import { enetc, folder as folderWith } from '../cli/fake-io.ts';
import { model } from '../language/build.ts';
import { findPython } from '../oracle.ts';
import {
  checkpointAfter,
  forFunction,
  goldenNetwork,
  meta,
  startCheckpoint,
  startValues,
  stepInputs,
} from '../training/golden.ts';
import { members, models } from './members.ts';
import { startTrain } from './python-train.ts';
import { apart, channelsFirst, furthest, largest, readTensors, type Tensors, writeTensors } from './train-files.ts';

const python = findPython(['torch', 'safetensors', 'PIL']);
const root = mkdtempSync(join(tmpdir(), 'enet-torch-train-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(!python)('the steps of train.py', () => {
  const { graph } = goldenNetwork({ optimiser: 'sgd' });
  const golden = join(root, 'golden');
  mkdirSync(golden);
  writeFileSync(join(golden, 'model.py'), writeModel(graph));
  writeFileSync(join(golden, 'train.py'), writeTrain(graph));
  const driver = python ? startTrain(python, golden) : undefined;
  afterAll(() => driver?.close());

  const shapes = new Map([...graphTensors(graph)].map(({ tensor: { name, shape } }) => [name, shape]));
  const named = (values: ReadonlyMap<string, Float32Array>): Tensors =>
    new Map([...values].map(([name, data]) => [name, { shape: shapes.get(name)!, data }]));
  function writeStep(step: number, { image, targets, sample_weights, noise }: ReturnType<typeof stepInputs>): void {
    const given = { image: channelsFirst(image!), targets: targets!, sample_weights: sample_weights!, noise: noise! };
    writeTensors(join(golden, `step-${step}.safetensors`), new Map(Object.entries(given)));
  }

  test.each(['rmsprop', 'sgd', 'adamw'] as const)(
    '%s: two steps are those of the golden of our own, in double precision',
    async (optimiser) => {
      const run = meta.runs[optimiser];
      const network = goldenNetwork({ optimiser });
      const start = network.valuesOf(startCheckpoint());
      writeTensors(join(golden, 'start.safetensors'), named(start));
      for (const step of run.steps.keys()) writeStep(step, stepInputs(network, run, step));
      const { rate, decay, weight_decay, ...others } = run.settings;
      const settings = {
        optimiser,
        nesterov: optimiser === 'sgd',
        weight_decay,
        ...others,
        ...(decay && { rms_decay: decay }),
      };
      const features = classifierInputs(graph);
      const norms = await driver!.ask({ what: 'steps', steps: run.steps.length, settings, rate, features });
      let averages = start;
      for (const [step, expected] of run.steps.entries()) {
        expect((norms as number[])[step]! / expected.norm).toBeCloseTo(1, 6);
        const after = network.valuesOf(checkpointAfter(optimiser, step));
        // the average of the first update keeps 2 / 11 of itself
        averages = new Map(
          [...after].map(([name, to]) => [name, to.map((v, i) => (2 * averages.get(name)![i]! + 9 * v) / 11)]),
        );
        const all = await readTensors(join(golden, `after-${step}.safetensors`));
        const kept = [...all].filter(([name]) => name.startsWith('averages/'));
        const found = new Map([...all].filter(([name]) => !name.startsWith('averages/')));
        expect(furthest(found, after)).toBeLessThan(1e-5);
        expect(furthest(new Map(kept.map(([name, v]) => [name.slice(9), v])), averages)).toBeLessThan(1e-5);
      }
    },
  );

  test.each([
    ['rmsprop', { freeze: 'stem,stages.0-1,stages.2.0.se,head.bn.running_var', 'head-rate': 10 }],
    ['sgd', { freeze: 'stages.0-2', head: 'stages.3', 'head-rate': 0.1, 'freeze-norms': 1 }],
  ] as const)('%s: two steps with %j are those of our own program', async (optimiser, asked) => {
    const run = meta.runs[optimiser];
    const asked1: Partial<Settings> = asked;
    const chosen = checkedSettings({ ...asked1, optimiser, ...(optimiser === 'sgd' && { nesterov: true }) });
    const {
      quantise: _,
      checkpoint: __,
      accumulate: ___,
      ...options
    } = trainingOptions(graph, chosen, {
      keepStatistics: chosen['freeze-norms'] === 1,
    });
    const network = goldenNetwork({ ...options, optimiser });
    const { training } = network;
    const start = network.valuesOf(startCheckpoint());
    await tf.setBackend('cpu');
    const runner = await createEagerRunner(tf, training.program);
    await runner.write(startValues(training, start));
    writeTensors(join(golden, 'start.safetensors'), named(start));
    const { rate, decay, weight_decay, ...others } = run.settings;
    for (const step of run.steps.keys()) {
      const inputs = stepInputs(network, run, step);
      const head_rate = { shape: [], data: Float32Array.of(rate! * (chosen['head-rate'] ?? 1)) };
      // the average of the first update keeps 2 / 11 of itself
      const ema_share = { shape: [], data: Float32Array.of(2 / 11) };
      await runner.run('train', forFunction(training, 'train', { ...inputs, head_rate, ema_share }));
      writeStep(step, inputs);
    }
    const ours = await runner.read();
    runner.close();
    const settings = {
      ...{ optimiser, nesterov: optimiser === 'sgd', weight_decay, ...others, ...(decay && { rms_decay: decay }) },
      ...Object.fromEntries(Object.entries(asked1).map(([name, value]) => [name.replace('-', '_'), value])),
    };
    const request = { what: 'steps', steps: run.steps.length, settings, rate, features: classifierInputs(graph) };
    await driver!.ask(request);
    const found = await readTensors(join(golden, `after-${run.steps.length - 1}.safetensors`));
    let moved = 0;
    for (const [name, from] of start) {
      const scale = largest(ours.get(name)!);
      expect(apart(found.get(name)!, ours.get(name)!) / scale, name).toBeLessThan(1e-5);
      // what is frozen stays bit for bit, and has no average of its own
      const average = ours.get(`${name}/ema`);
      if (average) {
        moved++;
        expect(apart(found.get(`averages/${name}`)!, average) / scale, name).toBeLessThan(1e-5);
      } else {
        expect(apart(found.get(name)!, from), name).toBe(0);
        expect(apart(found.get(`averages/${name}`)!, from), name).toBe(0);
      }
    }
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(start.size);
  });

  test('classes count by their weights, and are drawn equally often', async () => {
    const labels = [0, 0, 0, 0, 0, 0, 2, 2, 2, 3];
    const asked = { what: 'classes', classes: 4, labels };
    const given = (await driver!.ask({ ...asked, weights: '1,0,2.5,3' })) as { weights: number[]; orders: number[][] };
    expect(given.weights).toEqual([1, 0, 2.5, 3]);
    const found = (await driver!.ask({
      ...asked,
      weights: 'balanced',
      labels: [...labels, ...labels],
    })) as typeof given;
    expect(found.weights).toEqual([20 / (4 * 12), 0, 20 / (4 * 6), 20 / (4 * 2)]);
    const [one, again, next] = found.orders as [number[], number[], number[]];
    expect(one).toEqual(again);
    expect(one).not.toEqual(next);
    const many = Array.from({ length: 3000 }, (_, i) => (i < 2900 ? 0 : i < 2990 ? 1 : 2));
    const [order] = ((await driver!.ask({ ...asked, labels: many, weights: 'balanced' })) as typeof given).orders;
    const counts = [0, 1, 2].map((label) => order!.filter((index) => many[index] === label).length);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(100);
  });

  test('a file that cannot be written ends the run with its name', async () => {
    const found = (await driver!.ask({ what: 'unwritten', folder: '/no/such/folder' })) as string[];
    expect(found).toHaveLength(2);
    for (const text of found) expect(text).toContain("'/no/such/folder/file' cannot be written: ");
  });

  test('sizes grow as those of enetc train, and parts are chosen as there', async () => {
    for (const [progressive, to, epochs] of [
      ['128-300', 300, 9],
      ['32-96/3', 96, 7],
      ['20-21/5', 21, 3],
    ] as const) {
      const progression = parseProgression(progressive);
      const sizes = Array.from({ length: epochs }, (_, epoch) => sizeOfEpoch(progression, epoch, epochs));
      const found = await driver!.ask({ what: 'sizes', progressive, to, epochs });
      expect(found).toEqual(sizes.map((size) => [size, size]));
    }
    const names = [...graphTensors(graph)].map(({ tensor }) => tensor.name);
    const parts = [
      'stem',
      ' stages.1-3 , classifier.bias',
      'stages.0-9',
      'stages.1-2.0.se',
      'stage',
      'stem,',
      'sta',
      'stages.2-1',
    ];
    const found = await driver!.ask({ what: 'selected', names, parts });
    const expected = parts.map((text) => {
      try {
        return [...selectTensors(graph, text, 'freeze')].sort();
      } catch (e) {
        return /the network has no part '[^']*' that owns weights/.exec((e as Error).message)?.[0];
      }
    });
    expect((found as unknown[]).map((f) => (typeof f === 'string' ? f.replace('--freeze: ', '') : f))).toEqual(
      expected,
    );
  });

  test('loss, smoothed, mixed, focal, with auxiliary outputs and weights of classes', async () => {
    const scores = [
      [0.3, -1, 2],
      [1, 1.5, -0.5],
    ];
    const answers = [
      [2, 2, 1],
      [0, 1, 0.3],
    ] as const;
    const lossOf = (
      row: readonly number[],
      [label, other, share]: readonly [number, number, number],
      gamma: number,
    ) => {
      const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
      const target = (k: number) => 0.1 / 3 + 0.9 * (share * Number(k === label) + (1 - share) * Number(k === other));
      return row.reduce((sum, x, k) => sum - target(k) * (1 - Math.exp(x - total)) ** gamma * (x - total), 0);
    };
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    for (const gamma of [0, 2, 0.5]) {
      const each = scores.map((row, n) => lossOf(row, answers[n]!, gamma));
      const halves = scores.map((row, n) =>
        lossOf(
          row.map((x) => x / 2),
          answers[n]!,
          gamma,
        ),
      );
      const request = { what: 'losses', scores, answers, smoothing: 0.1, gamma, auxiliary: [0.3] };
      const total = each[0]! + each[1]!;
      for (const [weights, sums] of [
        [undefined, [total, 1, 2]],
        [
          [2, 0.5, 0],
          [each[1], 0, 1],
        ],
      ] as const) {
        // of the second image the label's weight has a share of 0.3; images of no weight are not counted
        const own = weights ? [weights[2], 0.3 * weights[0] + 0.7 * weights[1]] : [1, 1];
        const loss = mean(each.map((x, n) => x * own[n]!)) + 0.3 * mean(halves.map((x, n) => x * own[n]!));
        const found = (await driver!.ask({ ...request, weights })) as number[];
        expect(found).toHaveLength(6);
        for (const [i, value] of [loss, ...each, ...sums].entries()) expect(found[i]).toBeCloseTo(value!, 7);
      }
    }
  });

  test('policies change pictures as those of enetc train do, bit for bit', async () => {
    const kinds = [
      { augment: 'autoaugment' },
      { augment: 'randaugment', operations: 3, magnitude: 10 },
      { augment: 'randaugment', operations: 4, magnitude: 2 },
    ] as const;
    const cases = Array.from({ length: 300 }, (_, n) => {
      const [channels, width, height] = n % 5 === 4 ? ([1, 31, 23] as const) : ([3, 37, 29] as const);
      const state = randomState(n, 'picture');
      const data = Uint8Array.from(
        { length: width * height * channels },
        (_v, i) => nextUnit(state) * (60 + (i % 180)),
      );
      const draws = randomState(n, 'draws');
      const units = Array.from({ length: 40 }, () => nextUnit(draws));
      return { settings: kinds[n % 3]!, channels, width, height, data, units };
    });
    const asked = cases.map(({ data, ...others }) => ({ ...others, pixels: Buffer.from(data).toString('hex') }));
    const found = (await driver!.ask({ what: 'policies', cases: asked })) as string[];
    for (const [n, { settings, channels, width, height, data }] of cases.entries()) {
      const image = { width, height, channels, data: data.slice() };
      const policy =
        settings.augment === 'autoaugment' ? ({ kind: 'auto' } as const) : ({ kind: 'rand', ...settings } as const);
      applyPolicy(policy, image, randomState(n, 'draws'));
      expect(found[n], `${n}`).toBe(Buffer.from(image.data).toString('hex'));
    }
  });

  test('evaluation frames pictures as enetc does, bit for bit', async () => {
    const cases = [
      { width: 97, height: 70, size: [48, 48], share: null },
      { width: 70, height: 97, size: [48, 48], share: 0.9 },
      { width: 60, height: 41, size: [48, 48], share: null },
      { width: 97, height: 70, size: [40, 24], share: null },
      { width: 300, height: 281, size: [240, 240], share: null },
    ].map((one, n) => {
      const state = randomState(n, 'picture');
      return { ...one, data: Uint8Array.from({ length: one.width * one.height * 3 }, () => nextUnit(state) * 256) };
    });
    const asked = cases.map(({ data, ...others }) => ({ ...others, pixels: Buffer.from(data).toString('hex') }));
    const found = (await driver!.ask({ what: 'frames', cases: asked })) as string[];
    for (const [n, { width, height, size, share, data }] of cases.entries()) {
      const target = [size[1]!, size[0]!] as const;
      const framing = evaluationFraming([width, height], target, share ?? undefined);
      const wanted = resample({ width, height, channels: 3, data }, framing, target);
      expect(found[n], `${n}`).toBe(Buffer.from(wanted.data).toString('hex'));
    }
  });

  test('mixed images are answered by their shares', async () => {
    for (const settings of [{ mixup: 0.4 }, { cutmix: 1 }, { mixup: 1, cutmix: 1, seed: 3 }]) {
      for (const epoch of [0, 1]) {
        const { means, answers } = (await driver!.ask({ what: 'mixes', count: 6, epoch, settings })) as {
          means: number[];
          answers: [number, number, number][];
        };
        const classes = Math.max(...answers.map(([label]) => label)) + 1;
        expect(answers.some(([, , share]) => share < 1)).toBe(true);
        for (const [i, [label, other, share]] of answers.entries()) {
          expect(label).toBe(i % classes);
          // its partner is the image of whose value it has the rest
          const partner = share === 1 ? i : (means[i]! - share * i) / (1 - share);
          expect(partner).toBeCloseTo(Math.round(partner), 3);
          expect(other).toBe(Math.abs(Math.round(partner)) % classes);
        }
      }
    }
    const still = await driver!.ask({ what: 'mixes', count: 6, epoch: null, settings: { mixup: 1 } });
    expect((still as { means: number[] }).means).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('rates are those of our schedule', async () => {
    const asked: Partial<Settings>[] = [
      {},
      { schedule: 'cosine', warmup: 0.3, epochs: 7 },
      { schedule: 'constant', rate: 0.5, batch: 48, accumulate: 3 },
      { 'decay-epochs': 0.7, 'decay-rate': 0.5, warmup: 0 },
      { 'decay-epochs': 0, warmup: 1 },
    ];
    const at = [0, 1, 5, 12, 13, 40, 69, 200, 333];
    const all = asked.map((given) => checkedSettings(given));
    const rates = await driver!.ask({ what: 'rates', settings: all.map(scriptSettings), at, steps_per_epoch: 13 });
    for (const [i, settings] of all.entries()) {
      const length = { stepsPerEpoch: 13, totalSteps: 13 * settings.epochs };
      for (const [k, step] of at.entries()) {
        expect((rates as number[][])[i]![k]).toBeCloseTo(learningRate(settings, step, length), 12);
      }
    }
  });

  test('names and defaults are those of enetc train, and what is missing is refused by its name', async () => {
    const asked = ['rmsprop', 'sgd', 'adamw'] as const;
    const argv = [['data'], ['data', '--optimiser', 'sgd'], ['data', '--optimiser', 'adamw']];
    const { fixed, found } = (await driver!.ask({ what: 'settings', argv })) as {
      fixed: Record<string, unknown>;
      found: Record<string, unknown>[];
    };
    for (const [i, optimiser] of asked.entries()) {
      const { augment, ...defaults } = scriptSettings(checkedSettings({ optimiser }));
      expect(found[i]).toMatchObject(defaults);
    }
    const text = readFileSync(join(golden, 'train.py'), 'utf8');
    const refused = [...text.matchAll(/^ {4}"([a-z-]+)",$/gm)].map(([, name]) => name);
    const taken = Object.keys(found[0]!).map((name) => name.replaceAll('_', '-'));
    expect(checkedSettings({})).toMatchObject(fixed);
    expect([...refused, ...taken].sort()).toEqual(
      [...Object.keys(settingTable), 'parallel', 'processes', 'sync-batch-norm'].sort(),
    );
  });

  test('scores of a confusion are ours', async () => {
    const confusion = [
      [5, 1, 0],
      [2, 0, 0],
      [0, 0, 0],
    ];
    const found = await driver!.ask({ what: 'scores', confusion });
    const { precision, recall, f1 } = macroScores(classScores(Int32Array.from(confusion.flat()), ['a', 'b', 'c']));
    expect(found).toMatchObject({ accuracy: 5 / 8 });
    const scores = found as Record<string, number>;
    expect(scores.balancedAccuracy).toBeCloseTo(recall, 12);
    expect(scores.macroPrecision).toBeCloseTo(precision, 12);
    expect(scores.macroF1).toBeCloseTo(f1, 12);
  });

  test('an epoch takes what is left where it gives each batch two images', async () => {
    const made = (images: number, processes: number, accumulate: number) =>
      driver!.ask({ what: 'batches', images, settings: { batch: 4, processes, accumulate } });
    expect(await made(9, 1, 1)).toEqual([[4], [4]]);
    expect(await made(11, 1, 1)).toEqual([[4], [4], [3]]);
    expect(await made(13, 2, 1)).toEqual([
      [4, 4],
      [2, 3],
    ]);
    expect(await made(23, 2, 2)).toEqual([[4, 4, 4, 4]]);
    expect(await made(25, 2, 2)).toEqual([
      [4, 4, 4, 4],
      [2, 2, 2, 3],
    ]);
  });

  test('weight decay applies to what our graph states, in each model of the library', async () => {
    for (const path of models) {
      const { graph } = compile({ name: path, text: stdlib[path]! }, members[path]);
      const written = applyPasses(graph!, pytorchTarget, {});
      const file = join(root, 'library.py');
      writeFileSync(file, writeModel(written));
      const tensors = [...graphTensors(written)].map(({ tensor }) => tensor);
      const decays = tensors.filter(({ trainable, decays }) => trainable && decays).map(({ name }) => name);
      expect(await driver!.ask({ what: 'decayed', file }), path).toEqual(decays.sort());
    }
  });
});

/** Settings as the script calls them, those that it has. */
function scriptSettings(settings: Settings): Record<string, unknown> {
  const missing = new Set<SettingName>(['checkpoint', 'quantize', 'validation']);
  const own = Object.entries(settings).filter(([name]) => !missing.has(name as SettingName));
  return Object.fromEntries(own.map(([name, value]) => [name.replaceAll('-', '_'), value ?? null]));
}

function classifierInputs(graph: ReturnType<typeof goldenNetwork>['graph']): number {
  const found = [...graphTensors(graph)].find(({ tensor }) => tensor.name === 'classifier.weight');
  return found!.tensor.shape[1]!;
}

test('a network that the script cannot train is refused', async () => {
  const cwd = folderWith({
    'two.enet': model('  input image: [2, 6, 6]\n  a: GlobalAvgPool\n  b: Linear(3)'),
    'none.enet': model('  input image: [3, 6, 6]\n  a: c: Conv(4, 3)'),
  });
  const written = (spec: string) => enetc(['compile', spec, '--target', 'pytorch', '--train-script'], { cwd });
  expect(await written('two.enet')).toMatchObject({ code: 1, err: expect.stringContaining('torch-train-form') });
  expect(await written('none.enet')).toMatchObject({ code: 1, err: expect.stringContaining('no-classifier') });
  expect(await enetc(['compile', 'two.enet', '--target', 'pytorch'], { cwd })).toMatchObject({ code: 0 });
});
