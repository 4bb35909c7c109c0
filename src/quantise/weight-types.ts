import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import type { Unit } from '../5-graph/quantise/units.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** The largest int8 of a weight: -128 is left out, so that a range is symmetric. */
export const mostWeight = 127;

/** A bias of more steps than this could overflow int32 with the sums that it is added to. */
const mostBias = 2 ** 30;

/**
 * Types of weights: int8 around 0, a scale for each filter, by its largest number. A filter of zeros, or one so small that its
 * bias would overflow, has a larger scale.
 * @param inputScale of what the unit reads.
 */
export function weightType(node: GraphNode, source: WeightSource, inputScale: number): QuantisedType {
  const weight = tensorOf(node, 'weight') as TensorSpec;
  const [filters = 1] = weight.shape;
  const least = leastScales(node, source, inputScale);
  const scales = Array.from(largestByFilter(source.read(weight), filters), (most, i) =>
    Math.fround(Math.max(most / mostWeight, least?.[i] ?? 0) || 1 / mostWeight),
  );
  return weightTypeOf(scales);
}

/** @param scales of the filters */
export function weightTypeOf(scales: readonly number[]): QuantisedType {
  return { element: 'int8', scales, zeroPoint: 0, axis: 0 };
}

/** Scales of filters below which their biases would not fit into int32; undefined without a bias. */
export function leastScales(node: GraphNode, source: WeightSource, inputScale: number): Float64Array | undefined {
  const bias = tensorOf(node, 'bias');
  return bias && Float64Array.from(source.read(bias), (x) => Math.abs(x) / (inputScale * mostBias));
}

export function largestByFilter(values: Float32Array, filters: number): Float64Array {
  const largest = new Float64Array(filters);
  const size = values.length / filters;
  for (let filter = 0, i = 0; filter < filters; filter++) {
    let most = 0;
    for (const end = i + size; i < end; i++) most = Math.max(most, Math.abs(values[i] as number));
    largest[filter] = most;
  }
  return largest;
}

export function tensorOf(node: GraphNode, role: TensorSpec['role']): TensorSpec | undefined {
  return node.tensors.find((tensor) => tensor.role === role);
}

export function nodeOf(graph: Graph, { node }: Pick<Unit, 'node'>): GraphNode {
  return graph.nodes[node] as GraphNode;
}
