import type { GraphNode, ValueRef } from '../graph.ts';
import type { ValueType } from '../value-type.ts';

/** A cast of an output of `made`, at the same place in the source. @param output its index */
export function castOf(
  made: GraphNode,
  value: ValueRef,
  type: ValueType,
  path: string,
  output = 0,
): Omit<GraphNode, 'id'> {
  const { span, place } = made;
  return {
    op: { kind: 'cast' },
    inputs: [value],
    shapes: [made.shapes[output] ?? []],
    type,
    path,
    tensors: [],
    span,
    place,
    traces: [],
  };
}
