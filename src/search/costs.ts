import type { ScalingPoint } from '../4-scale/scaling.ts';
import { totalCost } from '../5-graph/cost.ts';
import type { Graph } from '../5-graph/graph.ts';
import { activationMemory } from '../5-graph/memory.ts';
import { withoutAuxiliary } from '../5-graph/passes/remove-unreached.ts';

/** The costs of a network for one image at inference. */
export interface Costs {
  /** Trainable values. */
  readonly params: number;
  /** Multiply-accumulates of convolutions and linear layers. */
  readonly macs: number;
  /** Elements that all nodes write. */
  readonly activations: number;
  /** The most activation memory that is alive at once, in bytes. */
  readonly memory: number;
}

/** The costs that a budget can bound: those of every network, and the size of its ONNX file in bytes. */
export interface MeasuredCosts extends Costs {
  /** Only on request: measuring it writes the file, discarding its bytes. */
  readonly file?: number;
  /** Milliseconds, measured; only on request. */
  readonly latency?: number;
}

/** The costs of a network of a space. */
export interface SpaceCosts extends Costs {
  /** Milliseconds by a table of latencies; only where a given table covers the network. */
  readonly latency?: number;
}

/** The upper limit of each cost of a network of a space. */
export type SpaceBudgets = { readonly [C in keyof SpaceCosts]?: number };

/** The upper limit of each cost. */
export type Budgets = { readonly [C in CostName]?: number };

export type CostName = keyof MeasuredCosts;

/** In the order of reports. */
export const costNames: readonly CostName[] = ['params', 'macs', 'activations', 'memory', 'file', 'latency'];

/** The costs of a network as written. */
export function costsOf(written: Graph): Costs {
  const graph = withoutAuxiliary(written);
  const { params, macs, activations } = totalCost(graph, graph.nodes);
  return { params, macs, activations, memory: activationMemory(graph).peak };
}

/** The costs that are above their budgets, the furthest first. */
export function exceeded(costs: MeasuredCosts, budgets: Budgets): CostName[] {
  const share = (name: CostName) => (costs[name] ?? 0) / (budgets[name] ?? Number.POSITIVE_INFINITY);
  return costNames.filter((name) => share(name) > 1).sort((a, b) => share(b) - share(a));
}

/** Whether a network is within all budgets. A cost that is not known is never within its budget. */
export function isWithinBudgets(costs: SpaceCosts, budgets: SpaceBudgets): boolean {
  const names = Object.keys(budgets) as (keyof SpaceCosts)[];
  return names.every((name) => {
    const budget = budgets[name];
    return budget === undefined || (costs[name] ?? Number.POSITIVE_INFINITY) <= budget;
  });
}

/** A built network: its point and its graph. */
export interface BuiltPoint {
  readonly point: ScalingPoint;
  readonly graph: Graph;
}
