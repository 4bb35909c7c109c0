import type { Shape } from '../../5-graph/graph.ts';
import type { Attributes } from './attributes.ts';
import type { OnnxBuilder } from './builder.ts';
import type { Operator } from './operators.ts';

/** Adds a node with one output; returns the output's name. */
export function addNode(
  b: OnnxBuilder,
  type: Operator,
  inputs: readonly string[],
  name: string,
  shape: Shape,
  attributes: Attributes = {},
): string {
  return b.node({ type, inputs, name, shapes: [shape], attributes })[0] as string;
}
