import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import { elements } from '../5-graph/graph.ts';
import { unmergedNodes } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

/** The effect of a folded norm on its convolution, one number per filter: y = scale * conv(x) + shift. */
interface Affine {
  readonly node: GraphNode;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * A layer over the weights of a network for the convolutions into which the pass `foldBatchNorm` folded a batch
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
  // The weight and the bias of a convolution are requested one after the other.
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
        scaleFilters(out, inner.read(tensor), scale, kernelsOf(node, tensor));
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
  // Each read invalidates the one before: its values are copied at once.
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

/** The kernels of a weight, in order, each with the filter that it belongs to. */
interface Kernels {
  readonly kernels: number;
  filterOf(kernel: number): number;
}

function kernelsOf({ op }: GraphNode, { shape }: TensorSpec): Kernels {
  const [first = 1, second = 1] = shape;
  if (op.kind !== 'convTranspose') return { kernels: first, filterOf: (kernel) => kernel };
  // [in, filters / groups, ...], the inputs of a group side by side
  const perGroup = first / op.groups;
  const filterOf = (kernel: number) => Math.floor(kernel / second / perGroup) * second + (kernel % second);
  return { kernels: first * second, filterOf };
}

function scaleFilters(
  out: Float32Array,
  weight: Float32Array,
  scale: Float64Array,
  { filterOf, kernels }: Kernels,
): void {
  const size = out.length / kernels;
  for (let kernel = 0, i = 0; kernel < kernels; kernel++) {
    const factor = scale[filterOf(kernel)] as number;
    for (const end = i + size; i < end; i++) out[i] = (weight[i] as number) * factor;
  }
}

function addScaled(out: Float32Array, bias: Float32Array, scale: Float64Array, shift: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (bias[i] as number) * (scale[i] as number) + (shift[i] as number);
}
