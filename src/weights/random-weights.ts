import { elements, type Graph } from '../5-graph/graph.ts';
import { isTrainingOnly } from '../ops/ops.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { fillNormal } from './normal.ts';
import { fillUniform, randomState } from './random.ts';
import { requiredTensors } from './required-tensors.ts';

/**
 * Weights with random numbers in every tensor, including biases and the statistics of batch norms, as a checkpoint under our
 * names. Initial weights would not reveal a wrong epsilon or a forgotten bias. Scales and variances lie between 0.5 and 1.5,
 * biases and means near 0. Scales before a sum are a tenth of that, as small as after training: if each block drowned its
 * shortcut, a hundred blocks would amplify rounding a thousandfold.
 */
export function randomWeights(graph: Graph, seed: number): Checkpoint {
  const specs = new Map([...requiredTensors(graph)].map(({ tensor }) => [tensor.name, tensor]));
  const summed = scalesBeforeSums(graph);
  const listed = [...specs.values()].map(({ name, shape }): [string, CheckpointTensor] => [
    name,
    { name, shape, dtype: 'F32' },
  ]);
  return {
    name: `random weights of seed ${seed}`,
    tensors: new Map(listed),
    metadata: new Map(),
    read(name) {
      const spec = specs.get(name);
      if (!spec) throw new Error(`the network has no tensor '${name}'`);
      const values = new Float32Array(elements(spec.shape));
      const state = randomState(seed, name);
      if (spec.shape.length > 1) {
        fillNormal(values, state, Math.sqrt(2 / elements(spec.shape.slice(1))));
      } else if (spec.role === 'running_var' || spec.role === 'weight') {
        fillUniform(values, state, 0.5);
        const size = summed.has(name) ? 0.1 : 1;
        return values.map((x) => (1 + x) * size);
      } else fillNormal(values, state, 0.1);
      return values;
    },
  };
}

/** The names of the scales of norms whose results are summands. */
function scalesBeforeSums(graph: Graph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const sum of graph.nodes) {
    if (sum.op.kind !== 'add') continue;
    for (const ref of sum.inputs) {
      let node = graph.nodes[ref.node];
      while (node && isTrainingOnly(node.op)) node = graph.nodes[node.inputs[0]?.node ?? -1];
      const scale = node?.tensors.find(({ role, shape }) => role === 'weight' && shape.length === 1);
      if (scale) names.add(scale.name);
    }
  }
  return names;
}
