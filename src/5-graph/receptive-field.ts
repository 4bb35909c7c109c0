import { type Graph, type GraphNode, shapeOf } from './graph.ts';
import type { Window } from './ops.ts';

/**
 * What a position of a feature map sees of the input, along the height: the position with index `i` sees the rows
 * `first + i * stride` to `last + i * stride`. Rows outside of the image lie on padding.
 */
export interface ReceptiveField {
  readonly first: number;
  readonly last: number;
  /** Rows of the input between two neighbouring positions: the total stride. */
  readonly stride: number;
}

/** The rows that one position sees; more than the input has where the field covers all of it. */
export function fieldSize(field: ReceptiveField): number {
  return field.last - field.first + 1;
}

/**
 * The receptive field of every node's outputs, by the recurrences of Araujo, Norris and Sim ("Computing Receptive
 * Fields of Convolutional Neural Networks", Distill 2019); where paths join, the hull of them all. A global pool sees
 * all positions. A gate is left out where it multiplies a map, as is usual: it sees everything, and with it every
 * block after a squeeze-and-excitation would.
 */
export function receptiveFields(graph: Graph): ReceptiveField[] {
  const fields: ReceptiveField[] = [];
  for (const node of graph.nodes) fields.push(fieldOf(graph, node, fields));
  return fields;
}

function fieldOf(graph: Graph, node: GraphNode, fields: readonly ReceptiveField[]): ReceptiveField {
  const op = node.op;
  const input = joinInputs(graph, node, fields);
  switch (op.kind) {
    case 'conv':
    case 'maxPool':
    case 'avgPool':
      return throughWindow(input, op.window);
    case 'globalAvgPool':
    case 'linear': {
      const ref = node.inputs[0];
      return throughAll(input, ref ? (shapeOf(graph, ref)[1] ?? 1) : 1);
    }
    case 'pad':
      return {
        ...input,
        first: input.first - op.pads.top * input.stride,
        last: input.last - op.pads.top * input.stride,
      };
    default:
      return input;
  }
}

function throughWindow(input: ReceptiveField, window: Window): ReceptiveField {
  const reach = (window.kernel - 1) * window.dilation;
  return {
    first: input.first - window.pads.top * input.stride,
    last: input.last + (reach - window.pads.top) * input.stride,
    stride: input.stride * window.stride,
  };
}

/** One position that sees all `height` positions. */
function throughAll(input: ReceptiveField, height: number): ReceptiveField {
  return { first: input.first, last: input.last + (height - 1) * input.stride, stride: input.stride * height };
}

function joinInputs(graph: Graph, node: GraphNode, fields: readonly ReceptiveField[]): ReceptiveField {
  const heights = node.inputs.map((ref) => shapeOf(graph, ref)[1] ?? 1);
  const height = Math.max(...heights);
  let joined: ReceptiveField | undefined;
  node.inputs.forEach((ref, i) => {
    const field = fields[ref.node];
    if (!field || (heights[i] !== height && node.op.kind === 'mul')) return;
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
