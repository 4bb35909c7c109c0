import type { Graph } from '../5-graph/graph.ts';
import { elements } from '../5-graph/graph.ts';
import { fillNormal } from './normal.ts';
import { fillUniform, randomState } from './random.ts';
import { requiredTensors } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

/**
 * Initial weights, as each op's descriptor states them.
 *
 * Each tensor has its own generator, from the seed and the tensor's name: the order of reading does not matter,
 * and the same seed gives the same bytes.
 * @param graph before or after batch norms were folded.
 * @param seed a whole number.
 */
export function seededWeights(graph: Graph, seed: number): WeightSource {
  let largest = 0;
  for (const { tensor } of requiredTensors(graph)) largest = Math.max(largest, elements(tensor.shape));
  let buffer: Float32Array | undefined;

  return {
    read({ name, shape, initial }) {
      const length = elements(shape);
      if (!buffer || buffer.length < length) buffer = new Float32Array(Math.max(length, largest));
      const out = buffer.subarray(0, length);
      if (initial.kind === 'constant') out.fill(initial.value);
      else if (initial.kind === 'normal') fillNormal(out, randomState(seed, name), initial.deviation);
      else fillUniform(out, randomState(seed, name), initial.bound);
      return out;
    },
  };
}
