import type { DeclaredModel } from '../../2-resolve/program.ts';
import { type FactorName, factorNames, type ScalingRequest } from '../../4-scale/scaling.ts';
import { buildGraph } from '../../5-graph/build.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { type Costs, costsOf } from '../costs.ts';
import { type FactorSetting, openFactors } from '../fit/lines.ts';
import { networkHash } from '../network-hash.ts';

export type Factors = Readonly<Record<FactorName, number>>;

/** How much larger than the base network the candidates are. */
export interface ScaleBudget {
  /** The multiple, and the tolerance as a share of it. */
  readonly budget: number;
  readonly tolerance: number;
  /** `product`: alpha * beta^2 * gamma^2, as in the paper; else a cost over the real rounding. */
  readonly by: 'product' | keyof Costs;
  /** The step of the grid. */
  readonly step: number;
}

/** A network of the family. */
export interface ScaledNetwork {
  readonly factors: Factors;
  readonly request: ScalingRequest;
  readonly costs: Costs;
  readonly network: string;
}

export interface ScaleCandidates {
  /** All factors 1. */
  readonly base: ScaledNetwork;
  /**
   * Different networks, in the order of the grid; of points that give the same network after rounding, the one with the least
   * product.
   */
  readonly candidates: readonly ScaledNetwork[];
  /** Points of the grid within the budget. */
  readonly points: number;
}

/**
 * The candidates for alpha, beta and gamma at phi 1 (EfficientNet, section 3.3, step 1): the points of a grid from 1 whose network is
 * `budget` times the base. Factors that scale nothing stay 1.
 * @returns a diagnostic where the base does not build, or nothing scales
 */
export function scaleCandidates(
  model: DeclaredModel,
  request: ScalingRequest,
  { budget, tolerance, by, step }: ScaleBudget,
): ScaleCandidates | Diagnostic {
  const start = buildGraph(model, request, undefined, true);
  if (!start.graph || !start.point) return start.diagnostics.find((d) => d.severity === 'error') as Diagnostic;
  const open = openFactors(model, request, start.point);
  if (open.length === 0) {
    return createDiagnostic('no-line', model.node.name.span, {
      model: model.node.name.name,
      along: 'compound',
      needs: 'a factor that scales something and is not fixed by an option',
    });
  }
  const base = scaled(model, request, open, { d: 1, w: 1, r: 1 });
  if ('severity' in base) return base;
  const isNear = (value: number) => Math.abs(value / budget - 1) <= tolerance + 1e-9;
  const most = budget * (1 + tolerance) + 1e-9;
  const found = new Map<string, ScaledNetwork>();
  let points = 0;
  /** Whether a point is above the budget, and with it all points that are at least as large in every factor. */
  const visit = (factors: Factors): boolean => {
    const product = productOf(factors);
    if (by === 'product' && !isNear(product)) return product > most;
    const network = scaled(model, request, open, factors);
    if ('severity' in network) return false;
    const value = by === 'product' ? product : network.costs[by] / base.costs[by];
    if (!isNear(value) || network.network === base.network) return value > most;
    points++;
    const same = found.get(network.network);
    if (!same || product < productOf(same.factors)) found.set(network.network, network);
    return false;
  };
  walkGrid(open, step, budget, visit);
  return { base, candidates: [...found.values()], points };
}

/** What the paper limits: d w^2 r^2, the growth of the multiply-accumulates of plain convolutions. */
export function productOf({ d, w, r }: Factors): number {
  return d * w ** 2 * r ** 2;
}

/** A network of the family by its factors, relative to the point of the request. */
export function scaled(
  model: DeclaredModel,
  request: ScalingRequest,
  open: readonly FactorSetting[],
  factors: Factors,
): ScaledNetwork | Diagnostic {
  const at: ScalingRequest = Object.assign({ ...request }, ...open.map((f) => f.request(f.anchor * factors[f.name])));
  const { graph, diagnostics } = buildGraph(model, at, undefined, true);
  if (!graph) return diagnostics.find((d) => d.severity === 'error') as Diagnostic;
  return { factors, request: at, costs: costsOf(graph), network: networkHash(graph) };
}

/** No factor is larger than this power of the budget: resolution costs its square; depth and width may cost little. */
const largestFactor = 2;

/** Visits the points of the grid from 1, except those beyond points that are already too large. */
function walkGrid(
  open: readonly FactorSetting[],
  step: number,
  budget: number,
  isOver: (factors: Factors) => boolean,
): void {
  const values = (name: FactorName) => {
    if (!open.some((factor) => factor.name === name)) return [1];
    const count = Math.floor((budget ** largestFactor - 1) / step + 1e-9) + 1;
    // decimals as people write them, without accumulated rounding errors
    return Array.from({ length: count }, (_, i) => Number((1 + i * step).toFixed(6)));
  };
  const [ds, ws, rs] = factorNames.map(values) as [number[], number[], number[]];
  for (const d of ds) {
    for (const w of ws) {
      const r = rs.find((value) => isOver({ d, w, r: value }));
      if (r !== 1) continue;
      if (w === 1) return;
      break;
    }
  }
}
