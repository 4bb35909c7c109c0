import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import { elements } from '../5-graph/graph.ts';
import { normTensors } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

/** What a folded norm does to its convolution, a number a filter: y = scale * conv(x) + shift. */
interface Affine {
  readonly node: GraphNode;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * A layer over the weights of a network that serves the convolutions into which the pass `foldBatchNorm` folded a batch
 * norm: w' = w * gamma / sqrt(var + epsilon), bias' = beta + (bias - mean) * gamma / sqrt(var + epsilon), computed in
 * double precision and rounded once. Other tensors pass through.
 * @param inner has the norm's tensors under their own names.
 */
export function foldedWeights(graph: Graph, inner: WeightSource): WeightSource {
  const owners = new Map<string, GraphNode>();
  for (const node of graph.nodes) {
    if (node.foldedNorm) for (const tensor of node.tensors) owners.set(tensor.name, node);
  }
  let buffer = new Float32Array(0);
  // The weight and the bias of a convolution are asked for one after the other.
  let last: Affine | undefined;

  return {
    read(tensor) {
      const node = owners.get(tensor.name);
      if (!node) return inner.read(tensor);
      if (last?.node !== node) last = affineOf(node, inner);
      const { scale, shift } = last;

      const length = elements(tensor.shape);
      if (buffer.length < length) buffer = new Float32Array(length);
      const out = buffer.subarray(0, length);
      if (tensor.role === 'bias') {
        if (node.foldedNorm?.hadBias) addScaled(out, inner.read(tensor), scale, shift);
        else out.set(shift);
      } else {
        scaleFilters(out, inner.read(tensor), scale);
      }
      return out;
    },
  };
}

function affineOf(node: GraphNode, inner: WeightSource): Affine {
  const { path, epsilon } = node.foldedNorm as NonNullable<GraphNode['foldedNorm']>;
  const [gamma, beta, mean, variance] = normTensors(node, path) as [TensorSpec, TensorSpec, TensorSpec, TensorSpec];
  // Each read ends the life of the one before: take over its values at once.
  const scale = Float64Array.from(inner.read(variance), (v) => 1 / Math.sqrt(v + epsilon));
  inner.read(gamma).forEach((g, i) => {
    scale[i] = (scale[i] as number) * g;
  });
  const shift = Float64Array.from(inner.read(mean), (m, i) => -m * (scale[i] as number));
  inner.read(beta).forEach((b, i) => {
    shift[i] = (shift[i] as number) + b;
  });
  return { node, scale, shift };
}

function scaleFilters(out: Float32Array, weight: Float32Array, scale: Float64Array): void {
  const size = out.length / scale.length;
  for (let filter = 0, i = 0; filter < scale.length; filter++) {
    const factor = scale[filter] as number;
    for (const end = i + size; i < end; i++) out[i] = (weight[i] as number) * factor;
  }
}

function addScaled(out: Float32Array, bias: Float32Array, scale: Float64Array, shift: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (bias[i] as number) * (scale[i] as number) + (shift[i] as number);
}
