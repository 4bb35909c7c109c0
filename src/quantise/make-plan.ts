import type { Graph } from '../5-graph/graph.ts';
import type { QuantisationPlan } from '../5-graph/passes/quantise.ts';
import { type Layout, rangeSource } from '../5-graph/quantise/layout.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { type Adjustments, adjustedWeights } from './adjusted-weights.ts';
import { nodeOf, tensorOf, weightType, weightTypeOf } from './weight-types.ts';

/**
 * A layout with its scales and zero points. Fitted weights keep the scales of their whole numbers. @param typeOf the
 * type of a value, by the number of its node; called where the layout does not fix it. @param source of the weights
 * before adjustments.
 */
export function makePlan(
  graph: Graph,
  layout: Layout,
  typeOf: (id: number) => QuantisedType,
  source: WeightSource,
  adjustments: Adjustments,
): QuantisationPlan {
  const adjusted = adjustedWeights(source, adjustments);
  const values = new Map(
    layout.held.map((id) => {
      const from = rangeSource(layout, id);
      return [id, layout.fixed.get(from) ?? typeOf(from)];
    }),
  );
  const weights = new Map(
    layout.weighted.map((unit) => {
      const node = nodeOf(graph, unit);
      const fitted = adjustments.get(tensorOf(node, 'weight')?.name ?? '')?.rounded;
      if (fitted) return [unit.node, weightTypeOf(fitted.scales)];
      const input = values.get(node.inputs[0]?.node ?? -1);
      return [unit.node, weightType(node, adjusted, input?.scales[0] ?? 1)];
    }),
  );
  return { values, integer: layout.integer, weights };
}
