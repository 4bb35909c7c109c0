import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { applyPasses, emit } from '../../src/6-emit/emit.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import { writeTrain } from '../../src/6-emit/pytorch/train-script/write-train.ts';
import { writeModel } from '../../src/6-emit/pytorch/write-model.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { type Compilation, compile } from '../../src/compile.ts';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { evaluationFraming } from '../../src/train/augment/crops.ts';
import { applyPolicy } from '../../src/train/augment/policies.ts';
import { resample } from '../../src/train/data/resample.ts';
import { trainingOptions } from '../../src/train/loop/training-options.ts';
import { classScores, macroScores } from '../../src/train/metrics/class-scores.ts';
import { scalarRecord, versionRecord } from '../../src/train/metrics/event-record.ts';
import { readRecords } from '../../src/train/metrics/read-records.ts';
import type { StepRecord } from '../../src/train/metrics/run-log.ts';
import { trainedNetwork } from '../../src/train/open/compile-network.ts';
import { openStoredNetwork } from '../../src/train/open/stored-network.ts';
import { parseProgression, sizeOfEpoch } from '../../src/train/progressive.ts';
import { readBestEvaluation } from '../../src/train/report/best-evaluation.ts';
import { readRun } from '../../src/train/run/run-folder.ts';
import { stateProblem, type TrainState } from '../../src/train/run/state.ts';
import { learningRate } from '../../src/train/schedule.ts';
import { selectTensors } from '../../src/train/select-tensors.ts';
import { checkedSettings, type SettingName, type Settings, settingTable } from '../../src/train/settings.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { enetc, folder as folderWith } from '../cli/fake-io.ts';
import { build, model } from '../language/build.ts';
import { findPython } from '../oracle.ts';
import { folderInMemory } from '../tfjs/models.ts';
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
import { runToEnd, startTrain } from './python-train.ts';

const python = findPython(['torch', 'safetensors', 'PIL']);
const root = mkdtempSync(join(tmpdir(), 'enet-torch-train-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes a network's folder with train.py. */
function writeFolder(name: string, network: Compilation): string {
  const memory = folderInMemory();
  const checkpoint = randomWeights(network.graph!, 3);
  const { diagnostics } = emit(network, pytorchTarget, { trainScript: true }, memory.open, { checkpoint });
  expect(diagnostics).toEqual([]);
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, bytes] of memory.files()) writeFileSync(join(path, file), bytes);
  return path;
}

type Tensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

function writeTensors(path: string, tensors: Tensors): void {
  const parts: Uint8Array[] = [];
  const list = [...tensors].map(([name, { shape }]) => ({ name, shape }));
  writeSafetensors({ write: (bytes) => parts.push(bytes.slice()) }, list, ({ name }) => tensors.get(name)!.data);
  writeFileSync(path, Buffer.concat(parts));
}

async function readTensors(path: string): Promise<Map<string, Float32Array>> {
  const { checkpoint, close } = await openCheckpoint(path, '/');
  const found = new Map([...checkpoint!.tensors.keys()].map((name) => [name, checkpoint!.read(name).slice()]));
  close();
  return found;
}

const largest = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const apart = (a: Float32Array, b: Float32Array) => largest(a.map((v, i) => v - b[i]!));

/** How far tensors are from others, of the largest of each. */
function furthest(found: ReadonlyMap<string, Float32Array>, expected: ReadonlyMap<string, Float32Array>): number {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  return Math.max(...[...expected].map(([name, values]) => apart(found.get(name)!, values) / largest(values)));
}

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

function channelsFirst({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < h * w; p++)
      for (let k = 0; k < c; k++) out[(i * c + k) * h * w + p] = data[(i * h * w + p) * c + k]!;
  }
  return { shape: [n, c, h, w], data: out };
}

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

  /** Pictures of two classes, larger than the network's input: training crops them. */
  async function writePictures(): Promise<string> {
    const path = join(root, 'pictures');
    for (const [split, count] of [
      ['train', 11],
      ['val', 3],
    ] as const) {
      for (const [label, name] of ['dark', 'light'].entries()) {
        const folder = join(path, split, name);
        mkdirSync(folder, { recursive: true });
        for (let i = 0; i < count; i++) {
          const data = Uint8Array.from({ length: 70 * 66 * 3 }, (_, k) => 90 * label + ((k * (7 + i) + 31 * i) % 150));
          await sharp(data, { raw: { width: 70, height: 66, channels: 3 } })
            .png()
            .toFile(join(folder, `${i}.png`));
        }
      }
    }
    return path;
  }
  const pictures = python ? writePictures() : Promise.resolve('');

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
    const folder = writeFolder('unknown-picture', plain);
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
    const folder = writeFolder('plain', plain);
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
    const folder = writeFolder('normed', normed);
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

  /** The tensors of a safetensors file, in the order of their names; its metadata are in any order. */
  function numbersIn(file: string): Buffer {
    const bytes = readFileSync(file);
    return bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
  }

  function checkpoints(run: string): string[] {
    try {
      return readdirSync(join(run, 'checkpoints'))
        .filter((name) => name.startsWith('step-'))
        .sort();
    } catch {
      return [];
    }
  }

  function records(run: string): Record<string, unknown>[] {
    const text = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
});

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
