import type { GraphNode, ValueRef } from '../graph.ts';
import type { ValueType } from '../value-type.ts';

/** A cast of a value that `made` gives, in the same place of the source. @param output which of its outputs */
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
