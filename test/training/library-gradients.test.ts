import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import type { StepFunction } from '../../src/5-graph/training/program.ts';
import type { CompileOptions } from '../../src/compile.ts';
import { compileLibrary } from '../library-points.ts';
import { doubleVariables, referenceOutputs } from './reference/run-function.ts';
import { type Doubles, mapped } from './reference/tensor.ts';
import { gradientsOf, inputsOf, numbers, programOf, startOf } from './small-training.ts';

/** Models of the library, as narrow as they get: what a block of theirs is made of is all there. */
const models: readonly (readonly [string, CompileOptions])[] = [
  ['efficientnet', { w: 0.1, d: 0.2, resolution: 32 }],
  ['efficientnet-v2', { variant: 'b0', w: 0.1, d: 0.2, resolution: 32 }],
  ['mobilenet-v3', { variant: 'small', w: 0.1, resolution: 32 }],
  ['mnasnet', { w: 0.1, resolution: 32 }],
  ['resnet', { variant: 'resnet50', w: 0.1, resolution: 32 }],
];

/** Directions through all weights at once. */
const directions = 2;
const step = 1e-7;
/**
 * Of the length of the slopes of all tensors. Norms go by running statistics here: over the few numbers that are left of a
 * channel of such small maps, those of the batch make a network chaotic, in double precision too.
 */
const tolerance = 2e-5;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each(models)('the gradient of %s', async (name, options) => {
  const { graph } = compileLibrary(name, { ...options, set: { classes: '5' } });
  if (!graph) throw new Error(`${name} does not compile`);
  const norms = [...graphTensors(graph)].filter(({ node }) => node.op.kind === 'batchNorm');
  const training = programOf(graph, { frozen: new Set(norms.map(({ tensor }) => tensor.name)) });
  const fn = training.program.functions.find((f) => f.name === 'accumulate') as StepFunction;
  const [gradients, inputs] = [await gradientsOf(tf, training), inputsOf(training)];
  const start = doubleVariables(training.program.variables, startOf(training));
  for (let i = 0; i < directions; i++) {
    const along = [...gradients].map(([name, gradient]) => {
      const direction = numbers(`${name} ${i}`, gradient.length, -1, 1);
      return { name, direction, slope: dot(gradient, direction) };
    });
    const loss = (at: number) => {
      const moved = along.map(({ name, direction }): [string, Doubles] => [
        name,
        mapped(start.get(name) as Doubles, (v, k) => v + at * (direction[k] as number)),
      ]);
      return referenceOutputs(fn, new Map([...start, ...moved]), inputs, ['loss']).get('loss')?.data[0] as number;
    };
    const got = along.reduce((sum, { slope }) => sum + slope, 0);
    const expected = (loss(step) - loss(-step)) / (2 * step);
    const typical = Math.hypot(...along.map(({ slope }) => slope));
    expect(Math.abs(got - expected) / typical, `${got} for ${expected}`).toBeLessThan(tolerance);
  }
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
}
