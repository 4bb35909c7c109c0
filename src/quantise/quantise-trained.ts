import type { Graph } from '../5-graph/graph.ts';
import { quantise } from '../5-graph/passes/quantise.ts';
import type { IntegerOps } from '../5-graph/quantise/integer-ops.ts';
import { layOut } from '../5-graph/quantise/layout.ts';
import { rangeNames } from '../5-graph/quantise/plan-training.ts';
import { unitsOf } from '../5-graph/quantise/units.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { TrainedRanges } from '../weights/range-facts.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { makePlan } from './make-plan.ts';
import { typeOfRange } from './ranges.ts';
import { type LayerReport, layersOf } from './report.ts';

/** A network with the types that its training has found. */
export interface TrainedQuantised {
  readonly graph: Graph;
  readonly layers: readonly LayerReport[];
}

/**
 * Gives a network the ranges that it was trained with: the file rounds what training rounded.
 * @param graph for inference, with norms folded, and nothing merged: training rounds each weight separately. @param integers what the file's target computes on integers @returns the names of missing ranges, if it is not the network that was trained.
 */
export function quantiseTrained(
  graph: Graph,
  weights: WeightSource,
  ranges: TrainedRanges,
  integers: IntegerOps,
): TrainedQuantised | { readonly missing: readonly string[] } {
  const units = unitsOf(graph);
  const layout = layOut(graph, { units, integers }, new Set());
  const names = rangeNames(graph, layout);
  const missing = [...names.values()].filter((name) => !ranges.has(name));
  if (missing.length > 0) return { missing };
  const types = new Map<number, QuantisedType>();
  for (const [id, name] of names) {
    const [least, most] = ranges.get(name) as readonly [number, number];
    types.set(id, typeOfRange({ least, most }, 'int8'));
  }
  const plan = makePlan(graph, layout, (id) => types.get(id) as QuantisedType, weights, new Map());
  return {
    graph: quantise(graph, plan),
    layers: layersOf(graph, units, plan, new Map(), new Map(), { scales: new Map(), adjustments: new Map() }),
  };
}
