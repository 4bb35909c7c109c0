import type { ModelNode } from '../../1-parse/ast.ts';
import { variantRows } from '../../3-check/variants.ts';
import type { ScalingPoint } from '../../4-scale/scaling.ts';
import { totalCost } from '../../5-graph/cost.ts';
import type { Graph } from '../../5-graph/graph.ts';
import { formatFactor } from '../../report/format-number.ts';
import type { Analysis, Network } from '../core/analysis.ts';

/** What a network costs and takes in. */
export interface NetworkNumbers {
  readonly params: number;
  readonly macs: number;
  /** Height of the first input, in pixels; 0 where there is none. */
  readonly resolution: number;
}

const known = new WeakMap<Graph, NetworkNumbers>();

/** A network's numbers; found once for each. */
export function networkNumbers({ graph }: Pick<Network, 'graph'>): NetworkNumbers {
  let numbers = known.get(graph);
  if (!numbers) {
    const { params, macs } = totalCost(graph);
    numbers = { params, macs, resolution: graph.nodes[graph.inputs[0] ?? -1]?.shapes[0]?.[1] ?? 0 };
    known.set(graph, numbers);
  }
  return numbers;
}

/** A point in a word or two: `b5`, `phi 2.5`, `defaults`. */
export function pointName({ variant, phi }: ScalingPoint): string {
  if (variant !== undefined) return variant;
  return phi === undefined ? 'defaults' : `phi ${formatFactor(phi)}`;
}

/** One published member of a family, with its network where it can be built. */
export interface Member {
  readonly name: string;
  readonly network: Network | undefined;
}

/** The members that a model's `variants` name, in order. Builds those that are not built yet. */
export function familyOf(analysis: Analysis, model: ModelNode): Member[] {
  return [...variantRows(model).keys()].map((name) => ({
    name,
    network: analysis.network(model.name.name, { variant: name }),
  }));
}
