import type { ModelNode } from '../../1-parse/ast.ts';
import { variantRows } from '../../3-check/variants.ts';
import { scalingOf } from '../../4-scale/choose-factors.ts';
import type { Analysis } from '../core/analysis.ts';
import { phiOf } from './describe-network.ts';
import { memberNumbers } from './family.ts';

/** What the formula gives at a phi. */
export interface CurvePoint {
  readonly phi: number;
  readonly params: number;
  readonly macs: number;
  readonly resolution?: number;
}

/**
 * The networks that the formula gives at whole phis, from -1 to the last phi that a row of the family names, at least 3
 * and at most 8: larger networks would not show more. Empty where the scaling is not a formula, and where its networks
 * are not to be built.
 */
export function formulaCurve(analysis: Analysis, model: ModelNode): readonly CurvePoint[] {
  return curveRequests(model).flatMap((request) => {
    const numbers = memberNumbers(analysis, model, request);
    if (numbers?.point.phi !== request.phi) return [];
    const { params, macs, resolution } = numbers;
    return [{ phi: request.phi, params, macs, ...(resolution > 0 && { resolution }) }];
  });
}

/** The points of a model's curve; none if its scaling is not a formula. */
export function curveRequests(model: ModelNode): { readonly phi: number; readonly rule: 'formula' }[] {
  if (scalingOf(model)?.variable === undefined) return [];
  return Array.from({ length: lastPhi(model) + 2 }, (_, i) => ({ phi: i - 1, rule: 'formula' }));
}

function lastPhi(model: ModelNode): number {
  const phis = [...variantRows(model).keys()].flatMap((name) => phiOf(model, name) ?? []);
  return Math.min(8, Math.max(3, ...phis));
}
