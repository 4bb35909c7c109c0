import * as tfjs from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { CheckpointPolicy } from '../../src/5-graph/training/checkpoint.ts';
import type { TrainingOptions, TrainingProgram } from '../../src/5-graph/training/options.ts';
import type { StepFunction } from '../../src/5-graph/training/program.ts';
import { peakBytes, variableBytes } from '../../src/5-graph/training/step-memory.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import type { StepRunner } from '../../src/backends/runner.ts';
import { createSessionRunner } from '../../src/backends/session/create-runner.ts';
import type { TfjsNode } from '../../src/backends/tensorflow/load.ts';
import { compile } from '../../src/compile.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openTensorflow } from './open-tensorflow.ts';
import { inputsOf, programOf, startOf } from './small-training.ts';

/** Blocks with norms, dropout, stochastic depth, gates and a skip over stages. */
const spec = `model Net {
  input image: [3, 16, 16]
  stem: Conv(8, 3, stride: 2, bias: false) -> bn: BatchNorm -> silu
  body: Unit {
    | block | repeat | channels |
    | Unit  | 2      | 8        |
    | Wide  | 1      | 12       |
    | Unit  | 2      | 12       |
  }
  late: body -> Concat(stem) -> conv: Conv(8, 1) -> MaxPool(2) -> Dropout(0.4)
  head: GlobalAvgPool
  classifier: Linear(5)
}

block Wide(x, channels: int) {
  return x -> conv: Conv(channels, 1) -> bn: BatchNorm -> hardswish
}

block Unit(x, channels: int) {
  y = x -> conv: Conv(channels, 3, bias: false) -> bn: BatchNorm -> silu
  gate = y -> GlobalAvgPool -> gate: Conv(channels, 1) -> sigmoid
  return Mul(y, gate) -> DropPath(0.3) -> Add(x)
}
`;

function graphOf(name: string, text: string, variant?: string): Graph {
  const { graph, diagnostics } = compile({ name, text }, variant === undefined ? {} : { variant });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return graph!;
}

const small = graphOf('net.enet', spec);
const step = ({ program }: TrainingProgram) =>
  program.functions.find(({ name }) => name === 'accumulate') as StepFunction;
const needs = (training: TrainingProgram, batch: number) =>
  variableBytes(training.program) + peakBytes(step(training), batch);

/** All variables after two accumulated batches. */
async function trained(runner: StepRunner, training: TrainingProgram) {
  await runner.write(startOf(training));
  for (let i = 0; i < 2; i++) await runner.run('accumulate', inputsOf(training));
  const values = await runner.read();
  runner.close();
  return values;
}

const keepingAll = programOf(small);
const limits = [0.95, 0.85, 0.75].map((share) => Math.ceil(needs(keepingAll, 4) * share));
const checkpoints: readonly (readonly [string, CheckpointPolicy])[] = [
  ['stages', 'stages'],
  ...limits.map((bytes) => [`${bytes} bytes`, { bytes, batch: 4 }] as const),
];

describe.each(checkpoints)('checkpoint %s', (_name, checkpoint) => {
  const training = programOf(small, { checkpoint });

  test('needs less memory, as stated', () => {
    expect(step(training).nodes.length).toBeGreaterThan(step(keepingAll).nodes.length);
    const limit = typeof checkpoint === 'object' ? checkpoint.bytes : needs(keepingAll, 4) - 1;
    expect(needs(training, 4)).toBeLessThanOrEqual(limit);
  });

  test('gives the same weights and statistics, bit for bit, in plain TensorFlow.js', async () => {
    await tfjs.setBackend('cpu');
    const all = await trained(await createEagerRunner(tfjs, keepingAll.program), keepingAll);
    expect(await trained(await createEagerRunner(tfjs, training.program), training)).toEqual(all);
  });
});

const backend = await openTensorflow();

describe.skipIf(!backend)('in a session of TensorFlow', () => {
  const { tf } = (backend ?? {}) as { tf: TfjsNode };
  beforeAll(async () => {
    await tf.setBackend('tensorflow');
  });
  afterAll(() => backend?.close());

  test.each(checkpoints)('checkpoint %s gives the same bits', async (_name, checkpoint) => {
    const training = programOf(small, { checkpoint });
    // As the backend runs it on a CPU.
    const options = { fuse: true, runsInOrder: true };
    const all = await trained(await createSessionRunner(tf, keepingAll.program, options), keepingAll);
    expect(await trained(await createSessionRunner(tf, training.program, options), training)).toEqual(all);
  });
});

test('each statistic is updated once', () => {
  for (const checkpoint of ['none', 'stages'] as const) {
    const { updates } = step(programOf(small, { checkpoint }));
    const names = updates.map(({ variable }) => variable);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(step(keepingAll).updates.map(({ variable }) => variable));
  }
});

describe('EfficientNet-B0, batch 8', () => {
  const graph = graphOf('efficientnet', stdlib['std/efficientnet'] as string, 'b0');
  const of = (options: Partial<TrainingOptions>) => buildTrainingProgram(graph, { accumulate: true, ...options });

  test('needs as little as a limit asks for, and says how much it needs at least', () => {
    const free = needs(of({}).training!, 8);
    const { training, diagnostics } = of({ checkpoint: { bytes: 1, batch: 8 } });
    expect(training).toBeUndefined();
    expect(diagnostics[0]?.message).toMatch(/^a step of 8 images needs at least \d+ MB, more than the 1 MB of --check/);
    const least = Number(/needs at least (\d+) MB/.exec(diagnostics[0]!.message)?.[1]) * 1e6;
    // what norms give is made again in any case: it would be 800 MB with it
    expect(free).toBeLessThan(620e6);
    expect(least).toBeLessThan(0.45 * 800e6);
    for (const share of [0, 0.25, 0.5, 0.75]) {
      const bytes = Math.ceil(least + share * (free - least));
      expect(needs(of({ checkpoint: { bytes, batch: 8 } }).training!, 8)).toBeLessThanOrEqual(bytes);
    }
    expect(needs(of({ checkpoint: { bytes: free, batch: 8 } }).training!, 8)).toBe(free);
  });
});
