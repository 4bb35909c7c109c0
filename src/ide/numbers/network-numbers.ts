import type { ModelNode } from '../../1-parse/ast.ts';
import type { ScalingPoint, ScalingRequest } from '../../4-scale/scaling.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { memoise } from '../../memoise.ts';
import { formatFactor } from '../../report/format-number.ts';
import { allStageNumbers } from '../../report/stage-numbers.ts';
import type { AnalysedNetwork, Analysis } from '../core/analysis.ts';

/** What a network costs and takes in. */
export interface NetworkNumbers {
  readonly params: number;
  readonly macs: number;
  /** Height of the first input, in pixels; 0 where there is none. */
  readonly resolution: number;
}

/** A network's numbers; found once for each. */
export function networkNumbers({ graph }: Pick<AnalysedNetwork, 'graph'>): NetworkNumbers {
  return numbersOf(graph);
}

const numbersOf = memoise((graph: Graph): NetworkNumbers => {
  const { params, macs } = allStageNumbers(graph);
  return { params, macs, resolution: graph.nodes[graph.inputs[0] ?? -1]?.shapes[0]?.[1] ?? 0 };
});

/** A model's own network; undefined for the second of two models with one name: only the first has it. */
export function networkOf(analysis: Analysis, model: ModelNode, request?: ScalingRequest): AnalysedNetwork | undefined {
  const { name } = model.name;
  return analysis.module.scope.get(name)?.node === model ? analysis.network(name, request) : undefined;
}

/** A point in a word or two: `b5`, `phi 2.5`, `defaults`. */
export function pointName({ variant, phi }: ScalingPoint): string {
  if (variant !== undefined) return variant;
  return phi === undefined ? 'defaults' : `phi ${formatFactor(phi)}`;
}
