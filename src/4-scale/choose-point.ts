import type { Expr, ModelNode, ParamNode, RowNode, RowsNode, ScalingEntry } from '../1-parse/ast.ts';
import { parseExpression } from '../1-parse/parse.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { spanText } from '../source.ts';
import { type FactorName, type Scale, show } from './apply-scaling.ts';
import { checkedBinding } from './check-value.ts';
import { chooseConvention, defaultConvention } from './convention.ts';
import type { Env } from './env.ts';
import { evaluate, evaluateNumber } from './evaluate.ts';
import { type Evaluation, fail, traced } from './evaluation.ts';
import type { ConventionPoint, Factor, Origin, ParamValue, ScalingPoint, ScalingRequest } from './scaling.ts';
import { type Binding, valueText } from './values.ts';

/** A model at one point of its family: what its names mean, and the point for people. */
export interface ModelPoint {
  readonly env: Env;
  readonly point: ScalingPoint;
}

export interface PointContext {
  readonly path: string;
  /** Values given by a model that uses this one as a step. */
  readonly given: ReadonlyMap<string, Binding>;
  /** The convention of the model that uses this one. */
  readonly outer?: ConventionPoint;
}

export const topContext: PointContext = { path: '', given: new Map() };

/** Parameters set on the command line; cells (`stages.2.kernel`) are in `Evaluation.choices`. */
export type ParamOverrides = ReadonlyMap<string, Expr>;

/**
 * Chooses the point: which row or formula gives d, w and r, and what each parameter is.
 * Order: default, formula, variant's row, overrides. A phi that a row names takes that row unless `rule` says otherwise.
 */
export function choosePoint(
  ev: Evaluation,
  declared: DeclaredModel,
  request: ScalingRequest,
  overrides: ParamOverrides,
  context: PointContext = topContext,
): ModelPoint {
  const result = evaluatePoint(ev, declared, request, overrides, context);
  const { point } = result;
  const otherRule = point.variant !== undefined ? 'formula' : 'published';
  if (request.phi === undefined || !alternativeExists(ev, result.env, declared.node, request.phi, otherRule))
    return result;
  const mark = ev.diagnostics.length;
  const other = evaluatePoint(ev, declared, { ...request, rule: otherRule }, overrides, context).point;
  ev.diagnostics.length = mark;
  return { env: result.env, point: { ...point, alternative: { rule: otherRule, values: differences(point, other) } } };
}

function alternativeExists(
  ev: Evaluation,
  env: Env,
  model: ModelNode,
  phi: number,
  rule: 'published' | 'formula',
): boolean {
  return rule === 'formula' ? !!scalingOf(model)?.variable : !!rowOfPhi(ev, env, model, phi);
}

function differences(a: ScalingPoint, b: ScalingPoint): Record<string, number> {
  const values: Record<string, number> = {};
  for (const f of ['d', 'w', 'r'] as const) if (a[f].value !== b[f].value) values[f] = b[f].value;
  for (const param of b.params) {
    const mine = a.params.find((p) => p.name === param.name);
    if (mine && mine.text !== param.text && Number.isFinite(Number(param.text)))
      values[param.name] = Number(param.text);
  }
  // r is how the formula comes to a resolution; beside the resolution itself it says nothing
  if ('resolution' in values) delete values.r;
  return values;
}

function evaluatePoint(
  ev: Evaluation,
  declared: DeclaredModel,
  request: ScalingRequest,
  overrides: ParamOverrides,
  context: PointContext,
): ModelPoint {
  const { node: model, module } = declared;
  const vars = new Map<string, Binding>();
  const plain: Env = { vars, module, convention: context.outer ?? defaultConvention, path: context.path, numbers: '' };
  const convention = chooseConvention(ev, plain, model, request.convention, context.outer);
  const row = chooseRow(ev, plain, model, request);
  const scale = chooseScale(ev, plain, model, request, row);
  const env: Env = { ...plain, scale, convention };
  for (const member of model.members) {
    if (member.kind === 'table') {
      vars.set(member.name.name, { value: { kind: 'table', name: member.name.name, rows: member.rows, env } });
    }
  }
  const params: ParamValue[] = [];
  for (const member of model.members) {
    if (member.kind !== 'param') continue;
    const { binding, origin, source } = chooseParam(ev, env, model, member, row, overrides, context.given);
    vars.set(member.name.name, binding);
    const trace = (binding.traces ?? []).map((t) => t.text).join('; ');
    params.push({ name: member.name.name, text: valueText(binding.value), origin, source, span: member.span, trace });
  }
  const point: ScalingPoint = {
    model: model.name.name,
    ...(row && { variant: row.name }),
    ...(request.phi !== undefined && { phi: request.phi }),
    ...scale.factors,
    params,
    convention,
  };
  return { env, point };
}

interface VariantRow {
  readonly name: string;
  readonly row: RowNode;
  readonly header: RowsNode['header'];
}

function variantsOf(model: ModelNode): VariantRow[] {
  const node = model.members.find((m) => m.kind === 'variants');
  if (!node) return [];
  const { header, rows } = node.rows;
  const column = header.findIndex((h) => h.name === 'name');
  return rows.flatMap((row) => {
    const value = row.cells[column]?.values[0];
    return value?.kind === 'name' ? [{ name: value.text, row, header }] : [];
  });
}

function cellOf(row: VariantRow, column: string): Expr | undefined {
  return row.row.cells[row.header.findIndex((h) => h.name === column)]?.values[0];
}

function scalingOf(model: ModelNode) {
  return model.members.find((m) => m.kind === 'scaling');
}

function rowOfPhi(ev: Evaluation, env: Env, model: ModelNode, phi: number): VariantRow | undefined {
  return variantsOf(model).find((row) => {
    const cell = cellOf(row, 'phi');
    return cell && evaluate(ev, env, cell) === phi;
  });
}

function chooseRow(ev: Evaluation, env: Env, model: ModelNode, request: ScalingRequest): VariantRow | undefined {
  const { variant, phi, rule } = request;
  const rows = variantsOf(model);
  const name = model.name.name;
  const names = rows.map((r) => r.name);
  if (phi !== undefined && variant !== undefined) fail('phi-and-variant', undefined, {});
  if (variant !== undefined) {
    const row = rows.find((r) => r.name === variant);
    return (
      row ??
      fail('unknown-variant', model.name.span, {
        name: variant,
        model: name,
        names: names.join(', '),
        hint: didYouMean(variant, names),
      })
    );
  }
  if (phi === undefined) return undefined;
  if (!Number.isFinite(phi))
    fail('bad-factor', undefined, { name: 'phi', value: phi, why: 'it must be a finite number' });
  const formula = !!scalingOf(model)?.variable;
  const row = rule === 'formula' ? undefined : rowOfPhi(ev, env, model, phi);
  if (!row && rule === 'published') fail('no-published-row', model.name.span, { model: name, phi });
  if (!formula && rule === 'formula') fail('no-formula', model.name.span, { model: name });
  if (!row && !formula) fail('no-phi', model.name.span, { model: name, names: names.join(', ') });
  return row;
}

function chooseScale(
  ev: Evaluation,
  env: Env,
  model: ModelNode,
  request: ScalingRequest,
  row: VariantRow | undefined,
): Scale {
  const scaling = scalingOf(model);
  // a row's own phi scales what the row leaves open, so that a family can name points of its formula
  const rowPhi = row && cellOf(row, 'phi');
  const phi = request.phi ?? (rowPhi && evaluateNumber(ev, env, rowPhi));
  const roundings = new Map<FactorName, ScalingEntry>();
  const factors: Record<FactorName, Factor> = { d: unscaled, w: unscaled, r: unscaled };
  for (const entry of scaling?.entries ?? []) {
    const name = entry.name.name as FactorName;
    if (entry.parameter) roundings.set(name, entry);
    else if (!scaling?.variable) {
      factors[name] = {
        value: factorValue(ev, env, name, entry.value),
        origin: 'formula',
        source: spanText(entry.value.span),
      };
    } else if (phi !== undefined) {
      const inner: Env = { ...env, vars: new Map([[scaling.variable.name, { value: phi }]]), parent: env };
      const source = `${spanText(entry.value.span)} at ${scaling.variable.name} ${phi}`;
      factors[name] = { value: factorValue(ev, inner, name, entry.value), origin: 'formula', source };
    }
  }
  for (const name of ['d', 'w', 'r'] as const) {
    const cell = row && cellOf(row, name);
    if (row && cell)
      factors[name] = { value: factorValue(ev, env, name, cell), origin: 'variant', source: `variant ${row.name}` };
    const value = request[name];
    if (value === undefined) continue;
    if (!(value > 0 && Number.isFinite(value)))
      fail('bad-factor', undefined, { name: `--${name}`, value, why: 'it must be a finite number above 0' });
    factors[name] = { value, origin: 'override', source: `--${name}` };
  }
  return { factors, roundings, used: new Set() };
}

const unscaled: Factor = { value: 1, origin: 'default', source: 'default' };

function factorValue(ev: Evaluation, env: Env, name: string, expr: Expr): number {
  const value = evaluateNumber(ev, env, expr);
  if (!(value > 0)) fail('bad-factor', expr.span, { name, value, why: 'it must be above 0' });
  return value;
}

function chooseParam(
  ev: Evaluation,
  env: Env,
  model: ModelNode,
  param: ParamNode,
  row: VariantRow | undefined,
  overrides: ParamOverrides,
  given: ReadonlyMap<string, Binding>,
): { binding: Binding; origin: Origin; source: string } {
  const name = param.name.name;
  const override = overrides.get(name);
  const from = (expr: Expr) =>
    checkedBinding(
      param,
      traced(ev, () => evaluate(ev, env, expr)),
      expr.span,
    );
  if (override) return { binding: from(override), origin: 'override', source: override.span.source.name };
  const passed = given.get(name);
  if (passed) return { binding: checkedBinding(param, passed, param.span), origin: 'override', source: 'an argument' };
  const cell = row && cellOf(row, name);
  if (row && cell) return { binding: from(cell), origin: 'variant', source: `variant ${row.name}` };
  if (!param.default) return fail('missing-value', param.name.span, { name, model: model.name.name });
  const binding = from(param.default);
  const scaled = binding.traces
    ?.map((t) => env.scale?.factors[t.rule as FactorName])
    .find((f) => f && f.origin !== 'default');
  return { binding, origin: scaled?.origin ?? 'default', source: scaled?.source ?? 'default' };
}

/** Reads the values given with `--set`: parameters by name, cells by path. Says what is no value or no parameter. */
export function readOverrides(
  model: ModelNode,
  request: ScalingRequest,
): { params: Map<string, Expr>; cells: Map<string, Expr> } {
  const params = new Map<string, Expr>();
  const cells = new Map<string, Expr>();
  const names = model.members.flatMap((m) => (m.kind === 'param' ? [m.name.name] : []));
  const all = { ...request.set };
  if (request.resolution !== undefined) {
    if (!names.includes('resolution')) {
      fail('unused-override', undefined, {
        option: '--resolution',
        why: `'${model.name.name}' has no parameter 'resolution'`,
      });
    }
    all.resolution ??= String(request.resolution);
  }
  for (const [name, text] of Object.entries(all)) {
    const option = name === 'resolution' && request.set?.resolution === undefined ? '--resolution' : `--set ${name}`;
    const { expr, diagnostics } = parseExpression({ name: option, text });
    const [first] = diagnostics;
    if (first || expr.kind === 'error')
      fail('bad-override', undefined, { name, why: first?.message ?? 'there is no value' });
    if (name.includes('.')) cells.set(name, expr);
    else if (names.includes(name)) params.set(name, expr);
    else fail('unknown-override', undefined, { name, model: model.name.name, hint: didYouMean(name, names) });
  }
  return { params, cells };
}

/** A factor for people: `1.6 (variant b5)`. */
export function factorText(factor: Factor): string {
  return `${show(factor.value)} (${factor.source})`;
}
