import type { NameNode, ScalingEntry } from '../1-parse/ast.ts';
import { roundFilters, roundTo, scaleRepeats } from '../2-resolve/rounding.ts';
import { eachName, textOfName } from '../3-check/meanings/names-in.ts';
import { type BoundName, givenNames } from '../3-check/meanings/occurrence.ts';
import { excerpt, type Span } from '../source.ts';
import { innerEnv } from './env.ts';
import { evaluateNumber } from './evaluate.ts';
import { addTraces, type Evaluator, traced } from './evaluation.ts';
import { type FactorName, factorNames } from './scaling.ts';
import type { Trace } from './trace.ts';
import type { Env, Scale, VariantValue } from './values.ts';

/** `d(n)`, `w(n)` or `r(n)` at this point, with a sentence that explains it. */
export function applyScaling(ev: Evaluator, scale: Scale, name: FactorName, n: number, span: Span): number {
  scale.used.add(name);
  const own = scale.roundings.get(name);
  const [result, text] = own ? ownRounding(ev, scale, own, n) : defaultRounding(name, n, scale.factors[name].value);
  addTraces(ev, [{ span, rule: name, argument: n, result, text }]);
  return result;
}

/** How `phi`, `d`, `w` or `r` came to the value that is read: `phi 2, variant b2`, `w 1.21, 1.1 ^ phi at phi 2`. */
export function pointTrace({ scale }: Env, { text: rule, span }: NameNode, value: number): Trace {
  const row = scale?.env.vars.get(givenNames.variant)?.value as VariantValue | undefined;
  const ofRow = row?.name ? `variant ${row.name}` : undefined;
  const source = rule === givenNames.phi.name ? ofRow : scale?.factors[rule as FactorName].source;
  const text = `${rule} ${show(value)}${source === undefined ? '' : `, ${source}`}`;
  return { span, rule, argument: value, result: value, text };
}

/** `w(n) = round(n * w, 8)`: from the model's `scaling`. */
function ownRounding(ev: Evaluator, scale: Scale, entry: ScalingEntry, n: number): [number, string] {
  const { meanings } = scale.env;
  const named = new Set<unknown>();
  eachName(meanings, entry.value, (_, target) => named.add(target.kind === 'local' ? target.local : target));
  const numbers: [BoundName, number][] = factorNames.map((name) => [givenNames[name], scale.factors[name].value]);
  const rounded = entry.parameter && meanings.locals.get(entry.parameter);
  if (rounded) numbers.unshift([rounded, n]);
  for (const factor of factorNames) if (named.has(givenNames[factor])) scale.used.add(factor);
  const vars = numbers.map(([name, value]) => [name, { value }] as const);
  const { value } = traced(ev, () => evaluateNumber(ev, innerEnv(scale.env, vars), entry.value));
  const given = numbers.filter(([name]) => named.has(name)).map(([name, x]) => `${textOfName(name)} ${show(x)}`);
  return [value as number, `${excerpt(entry.value.span)} = ${show(value as number)} at ${given.join(', ')}`];
}

function defaultRounding(name: FactorName, n: number, factor: number): [number, string] {
  const exact = n * factor;
  const product = `${show(n)} x ${name} ${show(factor)} = ${show(exact)}`;
  if (name === 'd') {
    const result = scaleRepeats(n, factor);
    return [result, result === exact ? product : `${product}, rounded up to ${result}`];
  }
  if (name === 'r') {
    const result = roundTo(exact, 1);
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
 * 25 x 2.2 is 55.00000000000001 and not 55, which is why `ceil` gives 56.
 */
export function show(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const short = Number(value.toPrecision(6));
  return Number.isInteger(short) ? String(value) : String(short);
}
