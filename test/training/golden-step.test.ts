import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import type { CreateRunner } from '../../src/backends/runner.ts';
import {
  checkpointAfter,
  forFunction,
  goldenNetwork,
  meta,
  startCheckpoint,
  startValues,
  stepInputs,
} from './golden.ts';
import { openTensorflow } from './open-tensorflow.ts';

const tensorflow = await openTensorflow();
const runners: readonly (readonly [string, CreateRunner])[] = [
  [
    'op by op',
    async (program) => {
      await tf.setBackend('cpu');
      return createEagerRunner(tf, program);
    },
  ],
  ...(tensorflow ? [['in a session of TensorFlow', tensorflow.createRunner] as const] : []),
];
afterAll(() => tensorflow?.close());

/**
 * Two steps of training against PyTorch's in double precision (test/reference/training/make.py): loss, the gradient's
 * norm, every weight, and the batch norms' statistics. Weights are held to 1e-4 of their tensor's largest, and what the
 * step changed to 1e-3 of its largest change, so that a wrong gradient cannot hide behind a small rate.
 */
describe.each(runners)('%s', (_runner, createRunner) => {
  test.each(
    (['rmsprop', 'sgd', 'adamw'] as const).flatMap((optimiser) => [
      [`${optimiser}: train`, optimiser, false] as const,
      [`${optimiser}: accumulate and apply`, optimiser, true] as const,
    ]),
  )('%s', async (_name, optimiser, accumulate) => {
    const run = meta.runs[optimiser];
    const network = goldenNetwork({ optimiser, accumulate });
    const { training } = network;
    expect(training.noise).toBe(meta.noise);
    const start = network.valuesOf(startCheckpoint());
    const runner = await createRunner(training.program);
    await runner.write(startValues(training, start));
    let before = start;
    for (const [step, golden] of run.steps.entries()) {
      const inputs = stepInputs(network, run, step);
      const names = accumulate ? ['accumulate', 'apply'] : ['train'];
      const outputs: Record<string, { data: Float32Array }> = {};
      for (const name of names) Object.assign(outputs, await runner.run(name, forFunction(training, name, inputs)));
      expect(outputs.loss?.data[0]).toBeCloseTo(golden.loss, 4);
      expect((outputs.norm?.data[0] as number) / golden.norm).toBeCloseTo(1, 4);
      const after = network.valuesOf(checkpointAfter(optimiser, step));
      const ours = await runner.read([...after.keys()]);
      const changes = new Map([...after].map(([name, values]) => [name, difference(values, before.get(name))]));
      // A bias that a batch norm takes out again has no gradient but rounding: its scale is then the network's.
      const least = Math.max(...changes.values()) / 1000;
      const worst = { weight: 0, change: 0, at: '' };
      for (const [name, expected] of after) {
        const off = difference(expected, ours.get(name));
        const change = off / Math.max(changes.get(name) as number, least);
        worst.weight = Math.max(worst.weight, off / largest(expected));
        if (change > worst.change) Object.assign(worst, { change, at: name });
      }
      expect(worst.weight, JSON.stringify(worst)).toBeLessThan(1e-4);
      expect(worst.change, JSON.stringify(worst)).toBeLessThan(1e-3);
      before = after;
    }
    runner.close();
  });
});

function difference(a: Float32Array, b: Float32Array | undefined): number {
  return largest(a.map((v, i) => v - (b?.[i] ?? Number.NaN)));
}

function largest(values: Float32Array): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
