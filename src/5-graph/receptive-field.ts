import { fieldOf as reachOf } from '../ops/ops.ts';
import { type Graph, type GraphNode, inputShapeOf, shapeOf } from './graph.ts';

/**
 * What a position of a feature map sees of the input, along one axis: the position with index `i` sees the pixels
 * `first + i * stride` to `last + i * stride`. Pixels outside of the image are padding.
 */
export interface ReceptiveField {
  readonly first: number;
  readonly last: number;
  /** Pixels of the input between two neighbouring positions: the total stride. */
  readonly stride: number;
}

/**
 * The pixels that one position sees, counting partial ones, as after an upsampling, as whole; more than the input has where the field
 * covers all of it.
 */
export function fieldSize(field: ReceptiveField): number {
  return Math.ceil(field.last - field.first) + 1;
}

/**
 * The receptive field of every node's outputs, by the recurrences of Araujo, Norris and Sim ("Computing Receptive
 * Fields of Convolutional Neural Networks", Distill 2019); where paths join, the hull of them all. A global pool sees
 * all positions. A gate is left out where it multiplies a map, as is usual: it sees everything, and with it every
 * block after a squeeze-and-excitation would. So is attention, whose pixels see those of its queries.
 * @param axis along which: 0 for the height, 1 for the width.
 */
export function receptiveFields(graph: Graph, axis: 0 | 1 = 0): ReceptiveField[] {
  const fields: ReceptiveField[] = [];
  for (const node of graph.nodes) fields.push(fieldOf(graph, node, fields, axis));
  return fields;
}

function fieldOf(graph: Graph, node: GraphNode, fields: readonly ReceptiveField[], axis: 0 | 1): ReceptiveField {
  const input = joinInputs(graph, node, fields, axis);
  const field = reachOf(node.op);
  if (field === 'row') return input;
  const pixels = inputShapeOf(graph, node)[1 + axis] ?? 1;
  const { size, stride, before } = field === 'all' ? { size: pixels, stride: pixels, before: 0 } : field[axis];
  return {
    first: input.first - before * input.stride,
    last: input.last + (size - 1 - before) * input.stride,
    stride: input.stride * stride,
  };
}

function joinInputs(graph: Graph, node: GraphNode, fields: readonly ReceptiveField[], axis: 0 | 1): ReceptiveField {
  const sizes = node.inputs.map((ref) => shapeOf(graph, ref)[1 + axis] ?? 1);
  const largest = Math.max(...sizes);
  let joined: ReceptiveField | undefined;
  node.inputs.forEach((ref, i) => {
    const field = fields[ref.node];
    if (!field || sizes[i] !== largest) return;
    joined = joined
      ? {
          first: Math.min(joined.first, field.first),
          last: Math.max(joined.last, field.last),
          stride: Math.max(joined.stride, field.stride),
        }
      : field;
  });
  return joined ?? { first: 0, last: 0, stride: 1 };
}
