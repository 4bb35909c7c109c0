import type { Expr, ModelNode, ParamNode } from '../1-parse/ast.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { meaningsOf } from '../3-check/meanings/declaration-names.ts';
import { freeMeaning } from '../3-check/meanings/free-meaning.ts';
import { eachName } from '../3-check/meanings/names-in.ts';
import { givenNames, type LocalName, pointFactor, pointFactors } from '../3-check/meanings/occurrence.ts';
import type { Meanings } from '../3-check/meanings/walk-expr.ts';
import type { VariantRow } from '../3-check/variants.ts';
import type { Span } from '../source.ts';
import { checkedBinding } from './check-value.ts';
import { chooseFactors, createScale, phiOf, scalingOf } from './choose-factors.ts';
import { chooseRow, rowOfPhi } from './choose-row.ts';
import { chooseConvention, defaultConvention, withStepSettings } from './convention.ts';
import { bind } from './env.ts';
import { evaluate } from './evaluate.ts';
import { type Evaluator, Failure, fail, traced } from './evaluation.ts';
import type { Overrides } from './overrides.ts';
import {
  type ConventionPoint,
  type FactorName,
  factorNames,
  type Origin,
  type ParamValue,
  type ScalingPoint,
  type ScalingRequest,
} from './scaling.ts';
import { type Binding, type Env, type Scale, valueText } from './values.ts';

/** A model at one point of its family: what its names mean, and the point for people. */
export interface ModelPoint {
  readonly env: Env;
  readonly scale: Scale;
  readonly point: ScalingPoint;
}

/** Whether a model is used alone, or as a step of another. */
export interface PointContext {
  readonly path: string;
  /** Values given by a model that uses this one as a step. */
  readonly given: ReadonlyMap<string, Binding>;
  /** The convention of the model that uses this one. */
  readonly outer?: ConventionPoint;
  /** The step that uses it. */
  readonly span?: Span;
}

export const topContext: PointContext = { path: '', given: new Map() };

/**
 * Chooses the point: which row or formula gives d, w and r, and the value of each parameter. Order: default, formula,
 * variant's row, overrides. A phi that a row names takes that row unless `rule` says otherwise.
 */
export function choosePoint(
  ev: Evaluator,
  declared: DeclaredModel,
  request: ScalingRequest,
  overrides: Overrides,
  context: PointContext = topContext,
): ModelPoint {
  const result = evaluatePoint(ev, declared, request, overrides, context);
  if (context !== topContext) return result;
  const alternative = otherRule(ev, declared, request, overrides, result);
  return alternative ? { ...result, point: { ...result.point, alternative } } : result;
}

/** The values of the unused rule, where phi has both a published row and a formula. */
function otherRule(
  ev: Evaluator,
  declared: DeclaredModel,
  request: ScalingRequest,
  overrides: Overrides,
  { env, point }: ModelPoint,
): ScalingPoint['alternative'] {
  if (request.phi === undefined) return undefined;
  const rule = point.variant !== undefined ? 'formula' : 'published';
  const { depth } = ev;
  try {
    const exists =
      rule === 'formula' ? scalingOf(declared.node)?.variable : rowOfPhi(ev, env, declared.node, request.phi);
    if (!exists) return undefined;
    const other = evaluatePoint(ev, declared, { ...request, rule }, overrides, topContext);
    return { rule, values: differences(point, other.point, overrides) };
  } catch (e) {
    // a rule that gives nothing here is not an alternative
    if (!(e instanceof Failure)) throw e;
    ev.depth = depth;
    return undefined;
  }
}

function differences(a: ScalingPoint, b: ScalingPoint, { unread }: Overrides): Record<string, number> {
  const values = new Map<string, number>();
  for (const f of factorNames) if (a[f].value !== b[f].value) values.set(f, b[f].value);
  for (const param of b.params) {
    const mine = a.params.find((p) => p.name === param.name);
    if (mine && mine.text !== param.text && Number.isFinite(Number(param.text))) {
      values.set(param.name, Number(param.text));
    }
  }
  // r is how the formula arrives at a resolution; with the resolution itself, or a complete shape, it is meaningless
  if (values.has('resolution') || unread.has('resolution')) values.delete('r');
  return Object.fromEntries(values);
}

function evaluatePoint(
  ev: Evaluator,
  declared: DeclaredModel,
  request: ScalingRequest,
  overrides: Overrides,
  context: PointContext,
): ModelPoint {
  const { node: model, module } = declared;
  const { path, outer = defaultConvention, given } = context;
  const vars: Env['vars'] = new Map();
  const plain: Env = { vars, meanings: meaningsOf(model), module, convention: outer, path, numbers: '' };
  const row = chooseRow(ev, plain, model, request, context.span);
  const phi = phiOf(ev, plain, request, row);
  // without a row and a phi all factors are 1; a row without a phi does not imply one
  if (phi !== undefined || !row) vars.set(givenNames.phi, { value: phi ?? 0 });
  vars.set(givenNames.variant, { value: { kind: 'variant', name: row?.name ?? '' } });
  const scale = createScale(model, plain);
  const env: { -readonly [K in keyof Env]: Env[K] } = { ...plain, scale };
  for (const member of model.members) {
    if (member.kind !== 'table') continue;
    const { name, rows } = member;
    bind(env, vars, name, { value: { kind: 'table', name: name.name, rows, env } });
  }
  const chosen = new Map<ParamNode, ChosenParam>();
  const choose = (wanted: (param: ParamNode) => boolean) => {
    for (const param of model.members) {
      if (param.kind !== 'param' || overrides.unread.has(param.name.name) || !wanted(param)) continue;
      const result = chooseParam(ev, env, model, param, row, overrides, given);
      chosen.set(param, result);
      bind(env, vars, param.name, result.binding);
    }
  };
  // the factors may follow from parameters, and parameters be scaled by them
  const scaled = scaledParams(declared, plain.meanings, row, overrides, given);
  const isScaled = ({ name }: ParamNode) => scaled.has(plain.meanings.locals.get(name) as LocalName);
  choose((param) => !isScaled(param));
  scale.factors = chooseFactors(ev, plain, model, request, row, phi, scaled, context.span);
  for (const name of factorNames) vars.set(pointFactors[name], { value: scale.factors[name].value });
  choose(isScaled);
  const chosenConvention = chooseConvention(ev, env, model, request, context.outer);
  env.convention = given
    ? withStepSettings(chosenConvention, model, given, request, { path, span: context.span ?? model.span, outer })
    : chosenConvention;
  const point: ScalingPoint = {
    model: model.name.name,
    ...(row && { variant: row.name }),
    ...(request.phi !== undefined && { phi: request.phi }),
    ...scale.factors,
    params: model.members.flatMap((m) =>
      m.kind === 'param' && !overrides.unread.has(m.name.name)
        ? [paramValue(m, chosen.get(m) as ChosenParam, overrides)]
        : [],
    ),
    convention: env.convention,
  };
  return { env, scale, point };
}

/** The parameters whose value here is scaled by d, w or r, or follows from one that is. */
function scaledParams(
  { node: model, module }: DeclaredModel,
  meanings: Meanings,
  row: VariantRow | undefined,
  { params }: Overrides,
  given: ReadonlyMap<string, Binding>,
): ReadonlySet<LocalName> {
  const scaled = new Set<LocalName>();
  for (const param of model.members) {
    const local = param.kind === 'param' && meanings.locals.get(param.name);
    if (!local) continue;
    const { name } = local.ident;
    const override = params.get(name);
    const written = given.has(name) ? undefined : (cellOf(row, name) ?? param.default);
    eachName(override?.meanings ?? meanings, override ? override.value : written, (_, target) => {
      const isScaled =
        target.kind === 'local'
          ? scaled.has(target.local)
          : pointFactor(target) !== undefined ||
            (target.kind === 'free' && freeMeaning(module, target.name)?.kind === 'scaling');
      if (isScaled) scaled.add(local);
    });
  }
  return scaled;
}

function cellOf(row: VariantRow | undefined, column: string): Expr | undefined {
  return row?.cell(column)?.values[0];
}

interface ChosenParam {
  readonly binding: Binding;
  readonly origin: Origin;
  readonly source: string;
}

function chooseParam(
  ev: Evaluator,
  env: Env,
  model: ModelNode,
  param: ParamNode,
  row: VariantRow | undefined,
  overrides: Overrides,
  given: ReadonlyMap<string, Binding>,
): ChosenParam {
  const { name, span } = param.name;
  const read = (expr: Expr, meanings = env.meanings) =>
    checkedBinding(
      ev,
      param,
      traced(ev, () => evaluate(ev, meanings === env.meanings ? env : { ...env, meanings }, expr)),
      expr.span,
    );
  const override = overrides.params.get(name);
  if (override) {
    const { value, meanings } = override;
    return { binding: read(value, meanings), origin: 'override', source: value.span.source.name };
  }
  const passed = given.get(name);
  if (passed) return { binding: checkedBinding(ev, param, passed, span), origin: 'override', source: 'an argument' };
  const cell = cellOf(row, name);
  if (row && cell) return { binding: read(cell), origin: 'variant', source: `variant ${row.name}` };
  if (!param.default) return fail('missing-value', span, { name, model: model.name.name });
  const binding = read(param.default);
  const factor = (binding.traces ?? [])
    .map((t) => env.scale?.factors[t.rule as FactorName])
    .find((f) => f && f.origin !== 'default');
  return { binding, origin: factor?.origin ?? 'default', source: factor?.source ?? 'default' };
}

function paramValue(
  { name, span }: ParamNode,
  { binding, origin, source }: ChosenParam,
  { size }: Overrides,
): ParamValue {
  if (size && name.name === 'resolution') {
    return { name: name.name, text: size.join('x'), origin: 'override', source: '--resolution', span, trace: '' };
  }
  const trace = [...new Set((binding.traces ?? []).map((t) => t.text))].join('; ');
  return { name: name.name, text: valueText(binding.value), origin, source, span, trace };
}
