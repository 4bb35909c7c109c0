import type { DeclaredModel } from '../2-resolve/program.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import { type BuildResult, buildGraph } from './build.ts';

/** Networks of one model that are kept: its default point, the one that is looked at, and some of those before. */
const mostKept = 8;

const kept = new WeakMap<DeclaredModel, Map<string, BuildResult>>();

/** `buildGraph` with all the steps it may take, or what it gave before for a model that means the same. */
export function keptBuild(declared: DeclaredModel, request: ScalingRequest): BuildResult {
  const key = JSON.stringify(request);
  const results = kept.get(declared) ?? new Map<string, BuildResult>();
  kept.set(declared, results);
  const result = results.get(key) ?? buildGraph(declared, request);
  // the one asked for last stands last, the first goes
  results.delete(key);
  results.set(key, result);
  if (results.size > mostKept) results.delete(results.keys().next().value as string);
  return result;
}
