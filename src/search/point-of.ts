import type { ModelNode } from '../1-parse/ast.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { choosePoint, type ModelPoint } from '../4-scale/choose-point.ts';
import { createEvaluation, type Evaluator } from '../4-scale/evaluation.ts';
import { readOverrides } from '../4-scale/overrides.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';

/** A model's point without its network. @throws Failure where it cannot be chosen */
export function pointOf(declared: DeclaredModel, request: ScalingRequest): ModelPoint {
  const { node } = declared;
  return choosePoint(plainEvaluation(node, request), declared, request, readOverrides(node, request));
}

/** For expressions over numbers only: there is nothing to build in them. */
export function plainEvaluation(model: ModelNode, request: ScalingRequest): Evaluator {
  const nothing = (): never => {
    throw new Error('an expression evaluated without a graph must not build anything');
  };
  return createEvaluation(readOverrides(model, request).cells, { call: nothing, chain: nothing });
}
