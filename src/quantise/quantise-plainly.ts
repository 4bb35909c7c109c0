import type { Graph } from '../5-graph/graph.ts';
import { quantise } from '../5-graph/passes/quantise.ts';
import type { IntegerOps } from '../5-graph/quantise/integer-ops.ts';
import { layOut, rangesToFind } from '../5-graph/quantise/layout.ts';
import { unitsOf } from '../5-graph/quantise/units.ts';
import type { QuantisedType } from '../5-graph/value-type.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Engine } from './engine.ts';
import { makePlan } from './make-plan.ts';
import { histogramsOf } from './observe.ts';
import type { Pictures } from './pictures.ts';
import { chooseRange, typeOfRange } from './ranges.ts';

/**
 * A network with everything possible in int8, ranges from the bounds of its values, weights rounded to the nearest: as fast as the best quantisation of it.
 * @param graph for inference, with norms folded.
 */
export async function quantisePlainly(
  graph: Graph,
  weights: WeightSource,
  integers: IntegerOps,
  engine: Engine,
  pictures: Pictures,
): Promise<Graph> {
  const layout = layOut(graph, { units: unitsOf(graph), integers }, new Set());
  const options = { engine, pictures, progress: () => {} };
  const types = new Map<number, QuantisedType>();
  for (const [id, histogram] of await histogramsOf(graph, weights, rangesToFind(layout), options)) {
    types.set(id, typeOfRange(chooseRange(histogram, 'minmax', 8), 'int8'));
  }
  const typeOf = (id: number) => types.get(id) as QuantisedType;
  return quantise(graph, makePlan(graph, layout, typeOf, weights, new Map()));
}
