import type { DeclaredModel } from '../../2-resolve/program.ts';
import { buildGraph } from '../../5-graph/build.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { type Budgets, costsOf } from '../costs.ts';
import { type Fit, type FitOptions, type FittedPoint, fitFamily } from './fit.ts';

/** A family's largest network within a latency that was measured. */
export interface LatencyFit {
  /** `best` and, where its neighbour was measured, `next` have a latency. Published rows are not measured, and absent. */
  readonly fit: Fit;
  /** The networks that were measured, in order. */
  readonly measured: readonly FittedPoint[];
  /** Whether the search ended because the budget is used up to within 2 %. */
  readonly isNear: boolean;
}

/** Above this share of the budget no larger network is tried: repeated measurements of one network differ as much. */
const nearEnough = 0.98;
/** A bisection between measured neighbours needs fewer. */
const mostMeasured = 24;

/** A network on the line that was measured. */
interface Probe {
  readonly fit: Fit;
  readonly ms: number;
}

/**
 * The largest network of a family that stays within a latency, which is measured: a network of the line is measured, then a larger
 * one or a smaller one, guessed from the latencies so far, until no network of the line lies between one that is fast enough and one
 * that is not, or until the budget is used up to within 2 %. Latency is taken to grow with the multiply-accumulates along the line.
 * @param ms the most milliseconds. @param budgets others that must hold as well
 * @param measure milliseconds of a network
 */
export async function fitLatency(
  model: DeclaredModel,
  ms: number,
  budgets: Budgets,
  options: FitOptions,
  measure: (point: FittedPoint) => Promise<number>,
): Promise<{ readonly found?: LatencyFit; readonly diagnostics: readonly Diagnostic[] }> {
  const measured = new Map<string, FittedPoint>();
  const latencyOf = async (point: FittedPoint): Promise<number> => {
    const key = keyOf(point);
    const known = measured.get(key)?.costs.latency;
    if (known !== undefined) return known;
    const latency = await measure(point);
    measured.set(key, { ...point, costs: { ...point.costs, latency } });
    return latency;
  };
  const base = buildGraph(model, options.request ?? {}, undefined, true);
  if (!base.graph) return { diagnostics: base.diagnostics };
  let macs = budgets.macs ?? costsOf(base.graph).macs;
  let diagnostics: readonly Diagnostic[] = [];
  let fast: Probe | undefined;
  let slow: Probe | undefined;
  while (measured.size < mostMeasured) {
    const result = fitFamily(model, { ...budgets, macs: Math.min(macs, budgets.macs ?? macs) }, options);
    diagnostics = result.diagnostics;
    if (!result.fit) break;
    const probe = { fit: result.fit, ms: await latencyOf(result.fit.best) };
    if (probe.ms <= ms) fast = probe;
    else slow = probe;
    const next = nextMacs(fast, slow, ms, budgets);
    if (next === undefined) break;
    macs = next;
  }
  if (!fast) {
    const least = [...measured.values()].reduce<FittedPoint | undefined>(
      (a, b) => (a && a.costs.macs <= b.costs.macs ? a : b),
      undefined,
    );
    if (!least) return { diagnostics };
    const costs = `measured takes ${(least.costs.latency as number).toPrecision(3)} ms`;
    const { name } = model.node;
    return { diagnostics: [createDiagnostic('nothing-fits', name.span, { model: name.name, costs })] };
  }
  return { found: latencyFit(fast, slow, [...measured.values()], budgets), diagnostics };
}

/** The result of a search that ended with a network that is fast enough, and perhaps one that is not. */
function latencyFit(
  fast: Probe,
  slow: Probe | undefined,
  measured: readonly FittedPoint[],
  budgets: Budgets,
): LatencyFit {
  const { published: _, next: beyond, ...fit } = fast.fit;
  const known = (point: FittedPoint) => measured.find((m) => keyOf(m) === keyOf(point)) ?? point;
  const best = known(fit.best);
  if (!beyond) return { fit: { ...fit, best }, measured, isNear: false };
  // networks with equal multiply-accumulates, such as on 75 and 76 pixels, are not distinguished
  if (slow && beyond.costs.macs >= slow.fit.best.costs.macs) {
    const next = { ...known(slow.fit.best), exceeds: ['latency' as const] };
    return { fit: { ...fit, best, next }, measured, isNear: false };
  }
  const exceeds = beyond.exceeds.filter(
    (name) => name !== 'macs' || beyond.costs.macs > (budgets.macs ?? Number.POSITIVE_INFINITY),
  );
  const next = exceeds.length > 0 ? { next: { ...beyond, exceeds } } : {};
  return { fit: { ...fit, best, ...next }, measured, isNear: exceeds.length === 0 };
}

/** Equal for networks of the same sizes, whatever point they were found at. */
function keyOf({ inputs, costs: { params, macs, activations, memory } }: FittedPoint): string {
  return [inputs.join(), params, macs, activations, memory].join(';');
}

/** The budget of multiply-accumulates whose largest network is measured next; undefined where the search is over. */
function nextMacs(fast: Probe | undefined, slow: Probe | undefined, ms: number, budgets: Budgets): number | undefined {
  const least = slow?.fit.best.costs.macs;
  if (!fast) return (least as number) * Math.min(0.9, ms / (slow as Probe).ms);
  const larger = fast.fit.next;
  if (!larger || fast.ms >= nearEnough * ms) return undefined;
  // the line ends at another budget
  if (larger.exceeds.some((name) => name !== 'macs') || larger.costs.macs > (budgets.macs ?? Number.POSITIVE_INFINITY))
    return undefined;
  const from = larger.costs.macs;
  if (least === undefined) return Math.max(from, fast.fit.best.costs.macs * Math.min(4, ms / fast.ms));
  if (from >= least) return undefined;
  // between the two where latency, as a power of the multiply-accumulates, would meet the budget; never at their ends
  const share = Math.log(ms / fast.ms) / Math.log((slow as Probe).ms / fast.ms);
  const within = Math.min(0.9, Math.max(0.1, share));
  const guess = from * (least / from) ** within;
  return Math.min(Math.max(from, guess), least - 1);
}
