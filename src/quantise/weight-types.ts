import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Unit } from './units.ts';

/** The most that an int8 of a weight is: -128 is left out, so that a range is symmetric. */
export const mostWeight = 127;

/** A bias beyond this many steps would not fit into int32 with the sums that it is added to. */
const mostBias = 2 ** 30;

/**
 * Types of weights: int8 around 0, a scale for each filter, by its largest number. A filter of zeros, or one so small that its
 * bias would overflow, has a larger scale.
 * @param inputScale of what the unit reads, by its node; by default no bias is an integer.
 */
export function weightType(node: GraphNode, source: WeightSource, inputScale: number | undefined): QuantisedType {
  const weight = tensorOf(node, 'weight') as TensorSpec;
  const [filters = 1] = weight.shape;
  const largest = largestByFilter(source.read(weight), filters);
  const bias = inputScale === undefined ? undefined : tensorOf(node, 'bias');
  const offsets = bias && source.read(bias);
  const scales = Array.from(largest, (most, i) => {
    const least = offsets && inputScale ? Math.abs(offsets[i] as number) / (inputScale * mostBias) : 0;
    return Math.fround(Math.max(most / mostWeight, least) || 1 / mostWeight);
  });
  return { element: 'int8', scales, zeroPoint: 0, axis: 0 };
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
