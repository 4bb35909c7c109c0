import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import type { CreateRunner, HostTensor } from '../../src/backends/runner.ts';
import type { Batch, Loader } from '../../src/train/data/types.ts';
import { train } from '../../src/train/loop/train.ts';
import { trainingOptions } from '../../src/train/loop/training-options.ts';
import type { StepRecord } from '../../src/train/metrics/run-log.ts';
import { defaultHead } from '../../src/train/select-tensors.ts';
import { resolveSettings, type Settings } from '../../src/train/settings.ts';
import { openSafetensors } from '../../src/weights/readers/readers.ts';
import { checkpointAfter, goldenNetwork, meta, startCheckpoint, stepInputs } from './golden.ts';
import { openTensorflow } from './open-tensorflow.ts';

/**
 * Two steps of the training loop itself, as `enetc train` takes them, against PyTorch's in double precision
 * (test/reference/training/make.py): what the loop feeds, which rate a tensor gets, what a step of several batches makes of
 * their gradients. Only the noise of dropout and stochastic depth is the golden's and not the loop's.
 */

/** How the golden's settings are called here. */
const ours: Readonly<Record<string, keyof Settings>> = {
  decay: 'rms-decay',
  momentum: 'momentum',
  epsilon: 'epsilon',
  weight_decay: 'weight-decay',
  beta1: 'beta1',
  beta2: 'beta2',
};

const tensorflow = await openTensorflow();
afterAll(() => tensorflow?.close());
/** A whole step in one call of TensorFlow where it is installed; op by op in plain JavaScript, slowly, where not. */
const create: CreateRunner =
  tensorflow?.createRunner ??
  (async (program) => {
    await tf.setBackend('cpu');
    return createEagerRunner(tf, program);
  });

type Optimiser = keyof typeof meta.runs;

interface Outcome {
  readonly graph: ReturnType<typeof goldenNetwork>['graph'];
  readonly records: readonly StepRecord[];
  /** The network's tensors: the golden's before the run and after each step, and ours. */
  readonly golden: readonly ReadonlyMap<string, Float32Array>[];
  readonly after: readonly ReadonlyMap<string, Float32Array>[];
}

/** @param parts of each step: copies of the golden's batch, whose mean gradient is the batch's. */
async function trainGolden(
  optimiser: Optimiser,
  parts: readonly number[],
  more: Partial<Settings> = {},
): Promise<Outcome> {
  const run = meta.runs[optimiser];
  const accumulate = Math.max(...parts);
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(run.settings)) if (name in ours) given[ours[name] as string] = value;
  const settings = resolveSettings({
    ...given,
    optimiser,
    nesterov: optimiser === 'sgd',
    // A rate is for 256 images, and scaled with those of a step.
    rate: ((run.settings.rate as number) * 256) / (meta.batch * accumulate),
    schedule: 'constant',
    warmup: 0,
    epochs: 1,
    batch: meta.batch,
    accumulate,
    ema: 0,
    'save-every': 1,
    'log-every': 1,
    ...more,
  });
  const network = goldenNetwork({ optimiser });
  const { graph } = network;
  const { training } = buildTrainingProgram(graph, trainingOptions(graph, settings, { keepStatistics: false }));
  if (!training) throw new Error('it does not train');
  const inputs = run.steps.map((_, step) => stepInputs(network, run, step));
  const path = mkdtempSync(join(tmpdir(), 'enetc-golden-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  mkdirSync(join(path, 'checkpoints'));
  const start = network.valuesOf(startCheckpoint());

  let step = 0;
  const createRunner: CreateRunner = async (program) => {
    const runner = await create(program);
    const run: typeof runner.run = (name, fed) =>
      runner.run(name, fed.noise ? { ...fed, noise: inputs[step]?.noise as HostTensor } : fed);
    return { ...runner, run };
  };
  await train({
    folder: { path, shown: 'run' },
    config: {
      format: 1,
      version: '0',
      spec: 'golden.enet',
      network: {},
      data: '/data',
      classes: Array.from({ length: meta.classes }, (_, k) => String(k)),
      images: { train: 2 * meta.batch, validation: 0, digest: '' },
      backend: 'auto',
      settings,
    },
    hashes: ['0'],
    createRunner,
    network: () => ({ graph, training }),
    start: () => ({ read: (tensor) => start.get(tensor.name) as Float32Array }),
    loaders: { train: goldenLoader(parts, inputs) },
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
    nameOf: String,
    report: (event) => {
      if (event.kind === 'step') step = event.step;
    },
    stopped: () => false,
  });
  const records = readFileSync(join(path, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StepRecord)
    .filter(({ kind }) => kind === 'step');
  const golden = [start, ...run.steps.map((_, n) => network.valuesOf(checkpointAfter(optimiser, n)))];
  const after = run.steps.map((_, n) => tensorsOf(join(path, 'checkpoints', `step-00000000${n + 1}.safetensors`)));
  return { graph, records, golden, after };
}

function goldenLoader(parts: readonly number[], inputs: readonly Record<string, HostTensor>[]): Loader {
  const steps = parts.flatMap((count, step) => Array.from({ length: count }, () => inputs[step] as (typeof inputs)[0]));
  const batches = steps.map(
    ({ image, targets, sample_weights: weights }, index): Batch => ({
      index,
      shape: image?.shape as Batch['shape'],
      images: image?.data as Float32Array,
      targets: targets?.data as Float32Array,
      weights: weights?.data as Float32Array,
      labels: new Int32Array(meta.batch),
      indices: new Int32Array(meta.batch),
      skipped: [],
    }),
  );
  return {
    batches: batches.length,
    images: batches.length * meta.batch,
    corrupt: new Map(),
    async *epoch(_epoch, from = 0) {
      yield* batches.slice(from);
    },
    close: async () => {},
  };
}

function tensorsOf(path: string): Map<string, Float32Array> {
  const bytes = readFileSync(path);
  const file = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const { checkpoint } = openSafetensors(file, path);
  if (!checkpoint) throw new Error(`${path} is not a safetensors file`);
  return new Map([...checkpoint.tensors.keys()].map((name) => [name, checkpoint.read(name).slice()]));
}

/** Statistics of batch norms move once a batch, not once a step. */
const isStatistic = (name: string) => name.includes('.running_');

/** The largest difference of what a step changed, as a share of the tensor's largest change. */
function expectChanges(
  from: ReadonlyMap<string, Float32Array>,
  to: ReadonlyMap<string, Float32Array>,
  found: ReadonlyMap<string, Float32Array>,
  factor: (name: string) => number = () => 1,
  counts: (name: string) => boolean = () => true,
  tolerance = 1e-3,
): void {
  const largest = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const names = [...to.keys()].filter(counts);
  const expected = new Map(
    names.map((name) => {
      const before = from.get(name) as Float32Array;
      return [name, (to.get(name) as Float32Array).map((v, i) => factor(name) * (v - (before[i] as number)))];
    }),
  );
  const least = Math.max(...[...expected.values()].map(largest)) / 1000;
  for (const [name, change] of expected) {
    const before = from.get(name) as Float32Array;
    const ours = (found.get(name) as Float32Array).map((v, i) => v - (before[i] as number));
    const off = largest(ours.map((v, i) => v - (change[i] as number)));
    expect(off / Math.max(largest(change), least), name).toBeLessThan(tolerance);
  }
}

function expectRecords({ records }: Outcome, optimiser: Optimiser): void {
  const { steps, settings } = meta.runs[optimiser];
  expect(records).toHaveLength(steps.length);
  for (const [n, { loss, norm, rate }] of records.entries()) {
    expect(loss).toBeCloseTo(steps[n]?.loss as number, 4);
    expect(norm / (steps[n]?.norm as number)).toBeCloseTo(1, 4);
    expect(rate).toBeCloseTo(settings.rate as number, 12);
  }
}

describe('the loop takes the golden steps', () => {
  test.each(['rmsprop', 'sgd', 'adamw'] as const)('of a batch each, %s', async (optimiser) => {
    const outcome = await trainGolden(optimiser, [1, 1]);
    expectRecords(outcome, optimiser);
    const { golden, after } = outcome;
    for (const [n, ours] of after.entries()) {
      expectChanges(golden[n] as (typeof golden)[0], golden[n + 1] as (typeof golden)[0], ours);
    }
  });

  // Not AdamW, whose step is the same for a gradient of any length.
  test.each<[Optimiser, readonly number[]]>([
    ['sgd', [2, 2]],
    ['rmsprop', [3, 3]],
    ['sgd', [2, 1]],
  ])('of several batches, whose gradients are averaged: %s, %j', async (optimiser, parts) => {
    const outcome = await trainGolden(optimiser, parts);
    expectRecords(outcome, optimiser);
    const { golden, after } = outcome;
    for (const [n, ours] of after.entries()) {
      const [from, to] = [golden[n] as (typeof golden)[0], golden[n + 1] as (typeof golden)[0]];
      // Sums of halves round in another way; a step of a wrong share is off by a half at least.
      expectChanges(from, to, ours, undefined, (name) => !isStatistic(name), 3e-3);
    }
  });

  test.each(['sgd', 'rmsprop'] as const)(
    'with --head-rate 3 the head goes three times as far, and nothing else: %s',
    async (optimiser) => {
      const { graph, golden, after } = await trainGolden(optimiser, [1, 1], { 'head-rate': 3 });
      const head = defaultHead(graph);
      expect([...head].sort()).toEqual(['classifier.bias', 'classifier.weight']);
      const [from, to] = golden as [(typeof golden)[0], (typeof golden)[0]];
      // Momentum is empty before the first step, so that the change is in proportion to the rate.
      expectChanges(from, to, after[0] as (typeof golden)[0], (name) => (head.has(name) ? 3 : 1));
    },
  );

  test('with --head of other parts it is those that go as far', async () => {
    const { golden, after } = await trainGolden('sgd', [1, 1], { 'head-rate': 0.5, head: 'stem,stages.0' });
    const [from, to] = golden as [(typeof golden)[0], (typeof golden)[0]];
    const slow = (name: string) => (/^(stem|stages\.0)\./.test(name) && !isStatistic(name) ? 0.5 : 1);
    expectChanges(from, to, after[0] as (typeof golden)[0], slow);
  });
});
