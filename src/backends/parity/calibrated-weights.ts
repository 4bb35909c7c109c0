import type { Tensor } from '@tensorflow/tfjs';
import type { Graph } from '../../5-graph/graph.ts';
import { removeTrainingOps } from '../../5-graph/passes/for-inference.ts';
import { disposeModel } from '../../6-emit/tfjs/layers/dispose-model.ts';
import { weightsFromTfjs } from '../../6-emit/tfjs/layers/model-weights.ts';
import { toTfjsModel } from '../../6-emit/tfjs/layers/to-model.ts';
import type { Compilation } from '../../compile.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { fillUniform, randomState } from '../../weights/random.ts';
import { randomWeights } from '../../weights/random-weights.ts';
import type { Tfjs } from '../backend.ts';

/**
 * Random weights in all tensors, with batch norms whose statistics match their inputs up to a fifth: as in a trained network, signals neither explode nor vanish. Otherwise a deep random network amplifies rounding errors until two correct computations differ. A network that has no layers model to measure with keeps its random numbers.
 * @param inputs the images that the statistics are taken from, channels last.
 */
export async function calibratedWeights(
  compilation: Compilation,
  graph: Graph,
  seed: number,
  tf: Tfjs,
  inputs: readonly Tensor[],
): Promise<Checkpoint> {
  const random = randomWeights(graph, seed);
  const forgetful = { ...compilation, graph: withoutMomentum(removeTrainingOps(graph)) };
  const { model } = await toTfjsModel(forgetful, tf, { checkpoint: random });
  if (!model) return random;
  try {
    tf.tidy(() => {
      model.apply([...inputs], { training: true });
    });
    const measured = await weightsFromTfjs(model);
    // the norms of auxiliary outputs are not measured
    const read = (name: string) =>
      measured.tensors.has(name) ? aside(measured.read(name), name, seed) : random.read(name);
    return { ...random, read };
  } finally {
    disposeModel(model);
  }
}

/** Norms that take over the statistics of one batch. */
function withoutMomentum(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) =>
    node.op.kind === 'batchNorm' ? { ...node, op: { ...node.op, momentum: 0 } } : node,
  );
  return { ...graph, nodes };
}

/** Slightly perturbed statistics; other tensors as they are. */
function aside(values: Float32Array, name: string, seed: number): Float32Array {
  if (!/\.running_(mean|var)$/.test(name)) return values;
  const factors = new Float32Array(values.length);
  fillUniform(factors, randomState(seed, `${name}/aside`), 0.2);
  const floor = name.endsWith('var') ? 0.05 : 0;
  return values.map((x, i) => x * (1 + (factors[i] as number)) + floor);
}
