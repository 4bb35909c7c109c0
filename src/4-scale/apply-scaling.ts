import type { ScalingEntry } from '../1-parse/ast.ts';
import { type Span, spanText } from '../source.ts';
import type { Env } from './env.ts';
import { evaluateNumber } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';
import { roundFilters, roundTo, scaleRepeats } from '../2-resolve/rounding.ts';
import type { Factor } from './scaling.ts';

export type FactorName = 'd' | 'w' | 'r';

/** The factors of a model at one point, and its own roundings. */
export interface Scale {
  readonly factors: Readonly<Record<FactorName, Factor>>;
  readonly roundings: ReadonlyMap<FactorName, ScalingEntry>;
  /** Which factors were asked for: an override of another changes nothing. */
  readonly used: Set<FactorName>;
}

/** `d(n)`, `w(n)` or `r(n)` at this point, with the sentence that says how. */
export function applyScaling(ev: Evaluation, env: Env, scale: Scale, name: FactorName, n: number, span: Span): number {
  scale.used.add(name);
  const factor = scale.factors[name].value;
  const own = scale.roundings.get(name);
  const [result, text] = own ? ownRounding(ev, env, scale, own, n) : defaultRounding(name, n, factor);
  ev.traces.push({ span, rule: name, argument: n, result, text });
  return result;
}

function ownRounding(ev: Evaluation, env: Env, scale: Scale, entry: ScalingEntry, n: number): [number, string] {
  const vars = new Map(
    (['d', 'w', 'r'] as const).map((f) => {
      if (new RegExp(`\\b${f}\\b`).test(spanText(entry.value.span))) scale.used.add(f);
      return [f as string, { value: scale.factors[f].value }];
    }),
  );
  vars.set(entry.parameter?.name ?? 'n', { value: n });
  const outer = ev.traces;
  ev.traces = [];
  const result = evaluateNumber(ev, { ...env, vars, parent: env }, entry.value);
  ev.traces = outer;
  const given = [...vars].filter(([name]) => new RegExp(`\\b${name}\\b`).test(spanText(entry.value.span)));
  return [
    result,
    `${spanText(entry.value.span)} = ${show(result)} at ${given.map(([k, v]) => `${k} ${show(v.value)}`).join(', ')}`,
  ];
}

function defaultRounding(name: FactorName, n: number, factor: number): [number, string] {
  const exact = n * factor;
  const product = `${show(n)} x ${name} ${show(factor)} = ${show(exact)}`;
  if (name === 'd') {
    const result = scaleRepeats(n, factor);
    return [result, result === exact ? product : `${product}, rounded up to ${result}`];
  }
  if (name === 'r') {
    const result = Math.floor(exact + 0.5);
    return [result, result === exact ? product : `${product}, rounded to ${result}`];
  }
  const result = roundFilters(exact, 8);
  const nearest = roundTo(exact, 8);
  if (result === exact) return [result, `${product}, a multiple of 8`];
  if (result === nearest) return [result, `${product}, to the nearest multiple of 8: ${result}`];
  return [result, `${product}, to the nearest multiple of 8: ${nearest}, which is below 90 %, so ${result}`];
}

/**
 * A number as people read it: six digits, but all of them where rounding them away would hide something:
 * 11.000000000000002 is not 11, which is why `ceil` gives 12.
 */
export function show(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const short = Number(value.toPrecision(6));
  return Number.isInteger(short) ? String(value) : String(short);
}
