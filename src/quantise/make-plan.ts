import type { Graph } from '../5-graph/graph.ts';
import type { QuantisationPlan } from '../5-graph/passes/quantise.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Layout, rangeSource } from './layout.ts';
import { nodeOf, weightType } from './weight-types.ts';

/**
 * A layout with its numbers.
 * @param typeOf the type of a value, by the number of its node; asked for where the layout does not fix it.
 */
export function makePlan(
  graph: Graph,
  layout: Layout,
  typeOf: (id: number) => QuantisedType,
  source: WeightSource,
): QuantisationPlan {
  const values = new Map(
    layout.held.map((id) => {
      const source = rangeSource(layout, id);
      return [id, layout.fixed.get(source) ?? typeOf(source)];
    }),
  );
  const weights = new Map(
    layout.weighted.map((unit) => {
      const node = nodeOf(graph, unit);
      const input = layout.integer.has(unit.node) ? values.get(node.inputs[0]?.node ?? -1) : undefined;
      return [unit.node, weightType(node, source, input?.scales[0])];
    }),
  );
  return { values, integer: layout.integer, weights };
}
