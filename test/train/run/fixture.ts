import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { copySpec } from '../../../src/2-resolve/spec-copy.ts';
import { buildTrainingProgram } from '../../../src/5-graph/training/build-training-program.ts';
import { openBackend } from '../../../src/backends/open.ts';
import type { CreateRunner } from '../../../src/backends/runner.ts';
import { compile } from '../../../src/compile.ts';
import type { Batch, Loader } from '../../../src/train/data/types.ts';
import type { TrainEvent } from '../../../src/train/events.ts';
import type { TrainingTask } from '../../../src/train/loop/task.ts';
import { trainingOptions } from '../../../src/train/loop/training-options.ts';
import type { RunConfig } from '../../../src/train/run/run-config.ts';
import { readRun, writeRun } from '../../../src/train/run/run-folder.ts';
import { resolveSettings, type Settings } from '../../../src/train/settings.ts';
import { seededWeights } from '../../../src/weights/initialise.ts';
import { nextUnit, randomState } from '../../../src/weights/random.ts';

/** A network whose step takes a few milliseconds in plain JavaScript, with all that has a state: norms, dropout, drop path. */
export const tinySpec = `import { ConvBnAct, MBConv } from "std/blocks"

model Tiny {
  param classes: int = 3
  param resolution: int = 8
  convention tf
  input image: [1, resolution, resolution]
  stem: ConvBnAct(8, kernel: 3, stride: 2, act: silu)
  stages: MBConv(se: 0.25, act: silu, drop: 0.2) {
    | repeat | channels | kernel | stride | expand |
    | 2      | 8        | 3      | 1      | 1      |
  }
  head: ConvBnAct(8, kernel: 1, act: silu) -> GlobalAvgPool -> Dropout(0.2)
  classifier: Linear(classes)
  return logits: classifier
}
`;

export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'enetc-train-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The four files of an IDX set of 8 x 8 images: each class has a bright patch of its own, with noise around. */
export function writeIdx(folder: string, train: number, test: number, classes = 3): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, count] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const images = Buffer.alloc(16 + count * 64);
    const labels = Buffer.alloc(8 + count);
    for (const [i, n] of [0x803, count, 8, 8].entries()) images.writeUInt32BE(n, i * 4);
    for (const [i, n] of [0x801, count].entries()) labels.writeUInt32BE(n, i * 4);
    for (let i = 0; i < count; i++) {
      labels[8 + i] = i % classes;
      patch(i, i % classes, name).forEach((value, p) => {
        images[16 + i * 64 + p] = Math.round(value * 255);
      });
    }
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), images);
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), labels);
  }
}

function patch(index: number, label: number, name: string): number[] {
  const state = randomState(index, name);
  return Array.from({ length: 64 }, (_, p) => {
    const [y, x] = [Math.floor(p / 8), p % 8];
    // Stripes along, across, or none: what a window of three can tell apart.
    const bright = label === 0 ? y % 2 === 0 : label === 1 ? x % 2 === 0 : false;
    return (bright ? 0.8 : 0.1) + 0.15 * nextUnit(state);
  });
}

/** Batches of such images in memory, the same for the same epoch and number. @param last images of the last batch. */
export function memoryLoader(
  batches: number,
  batchSize: number,
  size: (epoch: number) => number = () => 8,
  last = batchSize,
): Loader {
  const make = (epoch: number, index: number): Batch => {
    const count = index === batches - 1 ? last : batchSize;
    const side = size(epoch);
    const state = randomState(epoch, `batch ${index}`);
    const images = new Float32Array(count * side * side);
    const targets = new Float32Array(count * 3);
    const labels = Int32Array.from({ length: count }, () => Math.floor(nextUnit(state) * 3));
    for (const [n, label] of labels.entries()) {
      targets[n * 3 + label] = 1;
      for (let p = 0; p < side * side; p++) {
        const stripe = label === 0 ? Math.floor(p / side) % 2 : label === 1 ? p % 2 : 0;
        images[n * side * side + p] = stripe * 2 - 1 + 0.3 * nextUnit(state);
      }
    }
    const indices = Int32Array.from({ length: count }, (_, n) => index * batchSize + n);
    const weights = new Float32Array(count).fill(1);
    return { index, shape: [count, side, side, 1], images, targets, labels, weights, indices, skipped: [] };
  };
  return {
    batches,
    images: (batches - 1) * batchSize + last,
    corrupt: new Map(),
    async *epoch(epoch, from = 0) {
      for (let index = from; index < batches; index++) yield make(epoch, index);
    },
    close: async () => {},
  };
}

export interface TaskChanges {
  readonly settings?: Partial<Settings>;
  /** Hears of the events of a kind. */
  readonly on?: { readonly [K in TrainEvent['kind']]?: (event: Extract<TrainEvent, { kind: K }>) => void };
  readonly stopped?: () => boolean;
  readonly createRunner?: (create: CreateRunner) => CreateRunner;
  readonly start?: TrainingTask['start'];
  readonly loaders?: TrainingTask['loaders'];
}

/** A task in a folder, which is made where there is none; on the cpu backend. */
export async function tinyTask(path: string, changes: TaskChanges = {}): Promise<TrainingTask> {
  const settings = resolveSettings({
    epochs: 3,
    batch: 8,
    optimiser: 'adamw',
    rate: 0.3,
    warmup: 1,
    ema: 0.9,
    'save-every': 2,
    'log-every': 1,
    augment: 'none',
    ...changes.settings,
  });
  const folder = { path, shown: 'run' };
  const source = { name: '/specs/tiny.enet', text: tinySpec };
  const networkAt = (size: number | undefined) => {
    const { graph, program } = compile(source, size === undefined ? {} : { resolution: size });
    if (!graph) throw new Error('the fixture does not compile');
    return { graph, program };
  };
  const config: RunConfig = {
    format: 1,
    version: '0',
    spec: 'tiny.enet',
    network: {},
    data: '/data',
    classes: ['rows', 'columns', 'neither'],
    images: { train: 48, validation: 16, digest: '' },
    backend: 'cpu',
    settings,
  };
  mkdirSync(path, { recursive: true });
  if (!readdirSync(path).includes('config.json')) writeRun(folder, config, copySpec(networkAt(undefined).program));
  const backend = await openBackend('cpu');
  return {
    folder,
    ...readRun(folder),
    createRunner: changes.createRunner?.(backend.createRunner) ?? backend.createRunner,
    network: (stage) => {
      const { graph } = networkAt(stage.size);
      const options = trainingOptions(graph, settings, stage);
      const { training } = buildTrainingProgram(graph, options);
      if (!training) throw new Error('the fixture does not train');
      return { graph, training };
    },
    start: changes.start ?? ((graph) => seededWeights(graph, settings.seed)),
    loaders: changes.loaders ?? { train: memoryLoader(6, 8), validation: memoryLoader(2, 8) },
    normalisation: { mean: [0.5], std: [0.5] },
    nameOf: (index) => `image ${index}`,
    report: (event) => (changes.on?.[event.kind] as ((event: TrainEvent) => void) | undefined)?.(event),
    stopped: changes.stopped ?? (() => false),
  };
}
