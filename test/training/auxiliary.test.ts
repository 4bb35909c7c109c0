import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { StepFunction } from '../../src/5-graph/training/program.ts';
import { build, model } from '../language/build.ts';
import { doubleVariables, referenceOutputs } from './reference/run-function.ts';
import { withHeads } from './small-networks.ts';
import { gradientsOf, inputsOf, programOf, startOf } from './small-training.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The same network with another of its outputs as the only one. */
function only(graph: Graph, which: 'own' | 0 | 1): Graph {
  const { outputs, auxiliary } = graph;
  const { value } = which === 'own' ? outputs[0]! : auxiliary[which]!;
  return { ...graph, outputs: [{ name: 'logits', value }], auxiliary: [] };
}

/** The loss in double precision, of the same numbers for the same names. */
function lossOf(graph: Graph): number {
  const training = programOf(graph);
  const fn = training.program.functions.find((f) => f.name === 'accumulate') as StepFunction;
  const start = doubleVariables(training.program.variables, startOf(training));
  return referenceOutputs(fn, start, inputsOf(training), ['loss']).get('loss')?.data[0] as number;
}

test('the loss is that of the output and of each auxiliary output times its weight, and so is its gradient', async () => {
  const graph = withHeads();
  const parts = (['own', 0, 1] as const).map((which) => only(graph, which));
  const [own, first, second] = parts.map(lossOf) as [number, number, number];
  expect(lossOf(graph)).toBeCloseTo(own + 0.3 * first + 1.5 * second, 12);

  const name = 'early.conv.weight';
  const gradients = await Promise.all([graph, ...parts].map((g) => gradientsOf(tf, programOf(g))));
  const [whole, ...each] = gradients.map((all) => all.get(name)!);
  whole!.forEach((value, i) => {
    const [a, b, c] = each.map((gradient) => gradient[i]!) as [number, number, number];
    expect(value).toBeCloseTo(a + 0.3 * b + 1.5 * c, 5);
  });
});

test('evaluating and predicting take nothing of auxiliary outputs', () => {
  const { program } = programOf(withHeads());
  const read = (name: string) =>
    program.functions
      .find((f) => f.name === name)!
      .nodes.flatMap(({ op }) => (op.kind === 'variable' ? [op.name] : []))
      .filter((variable) => /^(first|second)\./.test(variable));
  expect(read('accumulate')).toHaveLength(4);
  expect([...read('evaluate'), ...read('predict')]).toEqual([]);
  expect(program.functions.find((f) => f.name === 'predict')?.outputs.map((o) => o.name)).toEqual(['logits']);
});

test('outputs that are a softmax train, with a warning', () => {
  const text = model(`  a: GlobalAvgPool -> fc: Linear(10) -> softmax
  side: image -> GlobalAvgPool -> fc: Linear(10) -> softmax
  auxiliary 0.5: side
  return shares: a`);
  const { training, diagnostics } = buildTrainingProgram(build(text).graph);
  expect(training).toBeDefined();
  expect(diagnostics.map((d) => [d.severity, d.message])).toEqual([
    ['warning', "the output 'shares' is a softmax, and the loss applies another one"],
    ['warning', "the output 'side' is a softmax, and the loss applies another one"],
  ]);
});

test('an auxiliary output without one number per class cannot be trained with', () => {
  const text = model('  s: Conv(4, 3)\n  head: GlobalAvgPool\n  c: Linear(10)\n  auxiliary 0.5: s\n  return c');
  const { graph } = build(text);
  const { diagnostics } = buildTrainingProgram(graph);
  expect(diagnostics.map((d) => d.message)).toEqual([
    "the auxiliary output 's' is [4, 32, 32], but the network has 10 classes",
  ]);
});
