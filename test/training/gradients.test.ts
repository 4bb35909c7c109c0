import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import type { TrainingProgram } from '../../src/5-graph/training/options.ts';
import type { StepFunction } from '../../src/5-graph/training/program.ts';
import { descriptors } from '../../src/ops/ops.ts';
import { doubleVariables, referenceOutputs } from './reference/run-function.ts';
import { mapped } from './reference/tensor.ts';
import { smallNetworks } from './small-networks.ts';
import { gradientsOf, inputsOf, numbers, programOf, startOf } from './small-training.ts';

/**
 * The gradient of the loss by every tensor of small networks, as reverse mode makes it and the eager runner computes it,
 * against central differences of the loss alone in double precision.
 */

/** Differences err by about 1e-16 / step of rounding; no kink of a ReLU lies within the step of these inputs. */
const step = 1e-6;
/**
 * Of the length of a tensor's gradient. Single precision carries 6e-8 through some dozen layers; where batch norms subtract
 * nearly equal numbers, some hundred times that are left. (Found: at most 7e-6, mostly 1e-7.)
 */
const tolerance = 2e-5;
/** Tensors up to this size are checked number by number, larger ones along so many random directions. */
const [small, directions] = [12, 6];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The loss in double precision as a function of one tensor's place on a line through its start. */
function lossAlong(training: TrainingProgram, name: string, direction: Float64Array): (at: number) => number {
  const fn = training.program.functions.find((f) => f.name === 'accumulate') as StepFunction;
  const start = doubleVariables(training.program.variables, startOf(training));
  const inputs = inputsOf(training);
  return (at) => {
    const tensor = start.get(name);
    if (!tensor) throw new Error(`no ${name}`);
    const moved = mapped(tensor, (v, i) => v + at * (direction[i] as number));
    return referenceOutputs(fn, new Map([...start, [name, moved]]), inputs, ['loss']).get('loss')?.data[0] as number;
  };
}

function* directionsOf(name: string, size: number): Generator<Float64Array> {
  if (size <= small) {
    for (let i = 0; i < size; i++) yield Float64Array.from({ length: size }, (_, k) => (k === i ? 1 : 0));
    return;
  }
  for (let i = 0; i < directions; i++) {
    const raw = Float64Array.from(numbers(`${name} ${i}`, size, -1, 1));
    yield raw.map((v) => v / Math.sqrt(raw.reduce((sum, u) => sum + u * u, 0)));
  }
}

async function expectGradients(training: TrainingProgram): Promise<void> {
  const gradients = await gradientsOf(tf, training);
  const lengths = new Map([...gradients].map(([name, g]) => [name, Math.hypot(...g)]));
  // A bias before a batch norm has no gradient: its rounding is measured by the network's.
  const least = Math.max(...lengths.values()) / 100;
  for (const [name, gradient] of gradients) {
    for (const direction of directionsOf(name, gradient.length)) {
      const loss = lossAlong(training, name, direction);
      const expected = (loss(step) - loss(-step)) / (2 * step);
      const got = gradient.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
      const off = Math.abs(got - expected) / Math.max(lengths.get(name) as number, least);
      expect(off, `${name}: ${got} for ${expected}`).toBeLessThanOrEqual(tolerance);
    }
  }
}

describe.each(Object.entries(smallNetworks))('%s', (_name, network) => {
  test('cross-entropy', async () => {
    const training = programOf(network());
    const own = [...graphTensors(network())].filter(({ tensor }) => tensor.trainable);
    expect(training.trainable).toEqual(own.map(({ tensor }) => tensor.name));
    await expectGradients(training);
  });
  test('focal loss', () => expectGradients(programOf(network(), { loss: 'focal' })));
  test('every other tensor frozen', async () => {
    const names = [...graphTensors(network())].filter(({ tensor }) => tensor.trainable).map((t) => t.tensor.name);
    const frozen = new Set(names.filter((_, i) => i % 2 === 0));
    const training = programOf(network(), { frozen });
    expect(training.trainable).toEqual(names.filter((name) => !frozen.has(name)));
    await expectGradients(training);
  });
  const norms = [...graphTensors(network())].filter(({ node }) => node.op.kind === 'batchNorm');
  test.skipIf(norms.length === 0)('norms by their running statistics', () =>
    expectGradients(programOf(network(), { keepStatistics: true })),
  );
  test.skipIf(norms.length === 0)('norms frozen', () =>
    expectGradients(programOf(network(), { frozen: new Set(norms.map(({ tensor }) => tensor.name)) })),
  );
});

test('the networks have every op in them', () => {
  const kinds = new Set(Object.values(smallNetworks).flatMap((network) => network().nodes.map(({ op }) => op.kind)));
  // a cast is a pass's
  expect([...kinds].sort()).toEqual(
    descriptors
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'cast')
      .sort(),
  );
});
