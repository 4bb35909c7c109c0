import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import { elements } from '../5-graph/graph.ts';
import { unmergedNodes } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

/** What a folded norm does to its convolution, one number per filter: y = scale * conv(x) + shift. */
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
  let largest = 0;
  for (const node of unmergedNodes(graph)) {
    if (!node.foldedNorm) continue;
    for (const tensor of node.tensors) {
      owners.set(tensor.name, node);
      largest = Math.max(largest, elements(tensor.shape));
    }
  }
  let buffer: Float32Array | undefined;
  // The weight and the bias of a convolution are asked for one after the other.
  let last: Affine | undefined;

  return {
    read(tensor) {
      const node = owners.get(tensor.name);
      if (!node) return inner.read(tensor);
      if (last?.node !== node) last = affineOf(node, inner);
      const { scale, shift } = last;

      buffer ??= new Float32Array(largest);
      const out = buffer.subarray(0, elements(tensor.shape));
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
  const { tensors, epsilon } = node.foldedNorm as NonNullable<GraphNode['foldedNorm']>;
  const [gamma, beta, mean, variance] = tensors as [TensorSpec, TensorSpec, TensorSpec, TensorSpec];
  const filters = variance.shape[0] as number;
  const scale = new Float64Array(filters);
  const shift = new Float64Array(filters);
  // Each read ends the life of the one before: its values are taken over at once.
  let values = inner.read(variance);
  for (let i = 0; i < filters; i++) scale[i] = 1 / Math.sqrt((values[i] as number) + epsilon);
  values = inner.read(gamma);
  for (let i = 0; i < filters; i++) scale[i] = (scale[i] as number) * (values[i] as number);
  values = inner.read(mean);
  for (let i = 0; i < filters; i++) shift[i] = -(values[i] as number) * (scale[i] as number);
  values = inner.read(beta);
  for (let i = 0; i < filters; i++) shift[i] = (shift[i] as number) + (values[i] as number);
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
