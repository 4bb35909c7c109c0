import { expect, test } from 'vitest';
import type { StepFunction } from '../../src/5-graph/training/program.ts';
import { compile } from '../../src/compile.ts';
import { programOf } from './small-training.ts';

const text = `model Net {
  input image: [3, 8, 8]
  a: Conv(4, 3) -> silu
  b: Conv(4, 3, groups: 4) -> bn: BatchNorm -> relu
  c: Conv(6, 1) -> GlobalAvgPool
  classifier: Linear(5)
}
`;
const graph = compile({ name: 'net.enet', text }, {}).graph!;

/** All nodes that have to run before each node of a function. */
function before({ nodes }: StepFunction): ReadonlySet<number>[] {
  const sets: Set<number>[] = [];
  for (const { inputs } of nodes) {
    sets.push(new Set(inputs.flatMap(({ node }) => [node, ...(sets[node] as Set<number>)])));
  }
  return sets;
}

test.each(['none', 'stages'] as const)(
  'no layer goes back before the weight gradients behind it, checkpoint %s',
  (checkpoint) => {
    const { program } = programOf(graph, { checkpoint });
    const fn = program.functions.find(({ name }) => name === 'accumulate')!;
    const sets = before(fn);
    const weightGradients = fn.nodes.filter(({ op }) => /GradWeight$/.test(op.kind));
    const inputGradients = fn.nodes.filter(({ op }) => /GradInput$/.test(op.kind));
    expect(weightGradients.length).toBe(4);
    expect(inputGradients.length).toBe(3);
    for (const { id } of inputGradients) {
      const earlier = weightGradients.filter((weight) => weight.id < id).map((weight) => weight.id);
      expect(earlier.filter((weight) => !sets[id]?.has(weight))).toEqual([]);
    }
  },
);
