import type { ModelNode } from '../../1-parse/ast.ts';
import { variantRows } from '../../3-check/variants.ts';
import { scalingOf } from '../../4-scale/choose-factors.ts';
import type { Analysis } from '../core/analysis.ts';
import { phiOf } from './describe-network.ts';
import { networkNumbers } from './network-numbers.ts';

/** What the formula gives at a phi. */
export interface CurvePoint {
  readonly phi: number;
  readonly params: number;
  readonly macs: number;
  readonly resolution?: number;
}

const known = new WeakMap<ModelNode, { readonly family: object; readonly curve: readonly CurvePoint[] }>();

/**
 * The networks that the formula gives at whole phis, from -1 to the last phi that a row of the family names, 3 at least
 * and 8 at most: a larger network is no better seen. Empty where the scaling is no formula. Each point builds a network,
 * so the curve is kept as long as the model at its default point stays the same.
 */
export function formulaCurve(analysis: Analysis, model: ModelNode): readonly CurvePoint[] {
  if (scalingOf(model)?.variable === undefined) return [];
  const base = analysis.network(model.name.name, {});
  if (!base) return [];
  const cached = known.get(model);
  if (cached?.family === base.graph) return cached.curve;
  const curve: CurvePoint[] = [];
  for (let phi = -1; phi <= lastPhi(model); phi++) {
    const network = analysis.network(model.name.name, { phi, rule: 'formula' });
    if (network?.point.phi !== phi) continue;
    const { params, macs, resolution } = networkNumbers(network);
    curve.push({ phi, params, macs, ...(resolution > 0 && { resolution }) });
  }
  known.set(model, { family: base.graph, curve });
  return curve;
}

function lastPhi(model: ModelNode): number {
  const phis = [...variantRows(model).keys()].flatMap((name) => phiOf(model, name) ?? []);
  return Math.min(8, Math.max(3, ...phis));
}
