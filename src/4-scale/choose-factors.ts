import type { Expr, ModelNode, ScalingEntry, ScalingNode } from '../1-parse/ast.ts';
import { eachName } from '../3-check/meanings/names-in.ts';
import { type LocalName, pointFactor } from '../3-check/meanings/occurrence.ts';
import type { VariantRow } from '../3-check/variants.ts';
import { excerpt, type Span } from '../source.ts';
import { innerEnv } from './env.ts';
import { evaluateNumber } from './evaluate.ts';
import { type Evaluator, fail } from './evaluation.ts';
import { type Factor, type FactorName, factorNames, type ScalingRequest } from './scaling.ts';
import type { Env, Scale } from './values.ts';

/** A factor that nothing states. */
export const unscaled: Factor = { value: 1, origin: 'default', source: 'default' };

/** The `scaling` of a model, if it has one. */
export function scalingOf(model: ModelNode): ScalingNode | undefined {
  return model.members.find((m) => m.kind === 'scaling');
}

/** The requested phi, or the row's own. */
export function phiOf(
  ev: Evaluator,
  env: Env,
  request: ScalingRequest,
  row: VariantRow | undefined,
): number | undefined {
  const cell = row?.cell('phi')?.values[0];
  return request.phi ?? (cell && evaluateNumber(ev, env, cell));
}

/** A scale whose factors are all 1 so far, with the model's own roundings. */
export function createScale(model: ModelNode, env: Env): Scale {
  const roundings = new Map<FactorName, ScalingEntry>();
  for (const entry of scalingOf(model)?.entries ?? []) {
    if (entry.parameter) roundings.set(entry.name.name as FactorName, entry);
  }
  return { factors: { d: unscaled, w: unscaled, r: unscaled }, roundings, used: new Set(), env };
}

/**
 * The values of d, w and r: 1, or from the formula, the variant's row, or the command line. The formula takes the requested phi, or the row's own: it scales what the row leaves open.
 * @param phi the phi of that formula
 * @param scaled the parameters that are scaled themselves, which no factor can follow from
 * @param step where the model is a step of another: the call
 */
export function chooseFactors(
  ev: Evaluator,
  env: Env,
  model: ModelNode,
  request: ScalingRequest,
  row: VariantRow | undefined,
  phi: number | undefined,
  scaled: ReadonlySet<LocalName>,
  step: Span | undefined,
): Scale['factors'] {
  const factors: Record<FactorName, Factor> = { d: unscaled, w: unscaled, r: unscaled };
  const evaluateFactor = (name: string, expr: Expr, inner: Env): number => {
    eachName(env.meanings, expr, ({ span }, target) => {
      const isScaled = target.kind === 'local' && scaled.has(target.local);
      const from = isScaled ? target.local.ident.name : pointFactor(target);
      if (from !== undefined) fail('scaling-circle', span, { factor: name, name: from });
    });
    const value = evaluateNumber(ev, inner, expr);
    return value > 0 ? value : fail('bad-factor', expr.span, { name, value, why: 'it must be above 0' });
  };
  const scaling = scalingOf(model);
  const variable = scaling?.variable?.name;
  const bound = scaling?.variable && env.meanings.locals.get(scaling.variable);
  for (const { name, parameter, value } of scaling?.entries ?? []) {
    // a formula over phi does not apply without one, nor to what the row states
    if (parameter || (variable !== undefined && phi === undefined) || row?.cell(name.name)) continue;
    const inner = bound ? innerEnv(env, [[bound, { value: phi as number }]]) : env;
    const source = excerpt(value.span) + (variable === undefined ? '' : ` at ${variable} ${phi}`);
    factors[name.name as FactorName] = { value: evaluateFactor(name.name, value, inner), origin: 'formula', source };
  }
  for (const name of factorNames) {
    const cell = row?.cell(name)?.values[0];
    if (row && cell) {
      factors[name] = { value: evaluateFactor(name, cell, env), origin: 'variant', source: `variant ${row.name}` };
    }
    const value = request[name];
    if (value === undefined) continue;
    if (!(value > 0 && Number.isFinite(value))) {
      const given = step ? name : `--${name}`;
      fail('bad-factor', step, { name: given, value, why: 'it must be a finite number above 0' });
    }
    factors[name] = { value, origin: 'override', source: step ? 'an argument' : `--${name}` };
  }
  return factors;
}
