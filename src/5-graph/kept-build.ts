import type { DeclaredModel } from '../2-resolve/program.ts';
import { buildLimits } from '../4-scale/limits.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import { type BuildResult, buildGraph } from './build.ts';

/** How many networks of one model are kept: its default point, the one shown, and the members of its family. */
const mostKept = 24;
/** Large ones are fewer: together they took at most this many steps, except for the last two. */
const mostSteps = buildLimits.checkSteps;

const kept = new WeakMap<DeclaredModel, Map<string, BuildResult>>();

/**
 * `buildGraph`, or its earlier result for a model that means the same.
 * @param steps how much work it may be, where it is to be built; a result that this cuts off is not kept
 */
export function keptBuild(
  declared: DeclaredModel,
  request: ScalingRequest,
  steps: number = buildLimits.steps,
): BuildResult {
  const key = JSON.stringify(request);
  const results = kept.get(declared) ?? new Map<string, BuildResult>();
  kept.set(declared, results);
  const result = results.get(key) ?? buildGraph(declared, request, steps, true);
  if (result.steps > steps && steps < buildLimits.steps) return result;
  // the most recently used is last, the first is dropped
  results.delete(key);
  results.set(key, result);
  let total = [...results.values()].reduce((sum, r) => sum + r.steps, 0);
  for (const [first, { steps: freed }] of results) {
    if (results.size <= mostKept && (total <= mostSteps || results.size <= 2)) break;
    results.delete(first);
    total -= freed;
  }
  return result;
}
