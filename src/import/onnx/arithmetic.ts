import type { ValueRef } from '../../5-graph/graph.ts';
import type { Op } from '../../ops/ops.ts';
import { filled, type Numbers } from '../numbers.ts';
import { fail } from '../unsayable.ts';
import { liveAt, made, numberOf, type OperatorContext, weightNode, withNorm } from './context.ts';
import { activationOf, applied, type Formula, product, scaled, shifted, variable } from './formulas.ts';
import { decomposedNorm, unitLength } from './norms.ts';
import type { FileValue, LiveValue } from './values.ts';

/** Elementwise operators, and the functions that exporters compose from them. */

/** The functions of one value that a value is: of itself, and of those it was computed from. */
function formulasOf(value: FileValue | undefined): readonly Formula[] {
  if (value?.kind === 'formula') return value.formulas;
  if (value?.kind !== 'live' || value.norm) return [];
  return [variable(value), ...(value.formulas ?? [])];
}

/** A function that is an activation becomes one; another is kept as what it may be a part of. */
function ofFormulas(c: OperatorContext, formulas: readonly Formula[], otherwise?: () => LiveValue): FileValue {
  for (const formula of formulas) {
    const activation = activationOf(formula);
    if (activation)
      return {
        ...made(c, { kind: 'activation', ...activation }, [formula.x]),
        ...(formula.view && { view: formula.view }),
        formulas,
      };
  }
  if (otherwise) return { ...otherwise(), formulas };
  return { kind: 'formula', formulas };
}

/** An operator that is an activation. */
export function activation(c: OperatorContext, op: Extract<Op, { kind: 'activation' }>, name?: string): FileValue {
  const x = liveAt(c, 0);
  const own = made(c, op, [x.ref]);
  const formulas = name === undefined ? undefined : formulasOf(c.value(0)).map((formula) => applied(name, formula));
  return { ...own, ...(x.view && { view: x.view }), ...(formulas && { formulas }) };
}

/** A function that the language does not have. */
export function functionOf(c: OperatorContext, name: string): FileValue {
  const formulas = formulasOf(c.value(0));
  if (formulas.length === 0) return fail('it is not part of an activation');
  return ofFormulas(
    c,
    formulas.map((formula) => applied(name, formula)),
  );
}

/** Clip: ReLU6, or a part of a hard function. */
export function clip(c: OperatorContext): FileValue {
  const bound = (i: number, name: string, none: number) =>
    c.value(i) ? numberOf(c.value(i)) : (c.attribute(name).real ?? none);
  const [low, high] = [bound(1, 'min', Number.NEGATIVE_INFINITY), bound(2, 'max', Number.POSITIVE_INFINITY)];
  if (c.value(0)?.kind === 'part') return { kind: 'part' };
  if (low === 0 && high === Number.POSITIVE_INFINITY) return activation(c, { kind: 'activation', fn: 'relu' });
  if (low === 0 && high === 1) return functionOf(c, 'clip01');
  if (low !== 0 || high !== 6) {
    return fail(`bounds of ${low} and ${high} cannot be expressed, only 0 and 6`);
  }
  if (c.value(0)?.kind === 'formula') return functionOf(c, 'clip06');
  return activation(c, { kind: 'activation', fn: 'relu6' }, 'clip06');
}

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div';

/** A sum, difference, product or quotient of two. */
export function arithmetic(c: OperatorContext, kind: Arithmetic): FileValue {
  const [a, b] = [c.value(0), c.value(1)];
  const norm = kind === 'div' ? (unitLength(c) ?? decomposedNorm(c)) : undefined;
  if (norm) return norm;
  if (a?.kind === 'part' || b?.kind === 'part') return { kind: 'part' };
  const [left, right] = [numberOf(a), numberOf(b)];
  if (right !== undefined) return withNumber(c, kind, 0, right);
  if (left !== undefined && kind !== 'div') return withNumber(c, kind, 1, left);
  const affine = kind === 'mul' || kind === 'add' ? normPart(c, kind) : undefined;
  if (affine) return affine;
  const products =
    kind === 'mul' ? formulasOf(a).flatMap((f) => formulasOf(b).flatMap((g) => product(f, g) ?? [])) : [];
  const isSpelled = products.some(activationOf);
  // A part of a function that is completed later: x (1 + erf(x / sqrt(2))).
  const isPart = products.length > 0 && (a?.kind === 'formula' || b?.kind === 'formula');
  if (isSpelled || isPart) return ofFormulas(c, products);
  const inputs = operands(c);
  const joined = { ...made(c, { kind }, inputs.refs), ...inputs.view };
  return products.length > 0 ? { ...joined, formulas: products } : joined;
}

/** `x` with a number; in a difference, the number may be first. */
function withNumber(c: OperatorContext, kind: Arithmetic, at: 0 | 1, n: number): FileValue {
  const [scale, offset] =
    kind === 'add' ? [1, n] : kind === 'mul' ? [n, 0] : kind === 'div' ? [1 / n, 0] : at === 0 ? [1, -n] : [-1, n];
  const value = c.value(at);
  const formulas = formulasOf(value).map((formula) => {
    const times = scale === 1 ? formula : scaled(formula, scale);
    return offset === 0 ? times : shifted(times, offset);
  });
  if (value?.kind === 'formula') return ofFormulas(c, formulas);
  const rescaled = (): LiveValue => {
    const x = liveAt(c, at);
    const view = x.view ? { view: x.view } : {};
    const scaledRef = scale === 1 ? x : made(c, { kind: 'rescale', scale, offset: 0 }, [x.ref]);
    return { ...(offset === 0 ? scaledRef : made(c, { kind: 'rescale', scale: 1, offset }, [scaledRef.ref])), ...view };
  };
  return ofFormulas(c, formulas, rescaled);
}

/** The weight or the bias of a norm whose statistics the file takes first. */
function normPart(c: OperatorContext, kind: 'mul' | 'add'): LiveValue | undefined {
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const [value, other] = [c.value(i), c.value(j)];
    if (value?.kind !== 'live' || !value.norm || other?.kind !== 'known') continue;
    const [channels = 0] = c.b.shapeOf(value.ref);
    const { numbers } = other;
    if (numbers.shape.reduce((p, n) => p * n, 1) !== channels) continue;
    const perChannel: Numbers = { ...numbers, shape: [channels] };
    if (kind === 'mul' && !value.norm.weight) return { ...value, norm: { ...value.norm, weight: perChannel } };
    if (kind === 'add') return withNorm(c, value, value.norm.weight ?? filled(channels, 1), perChannel);
  }
  return undefined;
}

/** The two operands as values of the network, with their axes in the same order. */
function operands(c: OperatorContext): { refs: ValueRef[]; view: Pick<LiveValue, 'view'> } {
  const values = [c.value(0), c.value(1)];
  const computed = values.findIndex((value) => value?.kind !== 'known');
  const first = liveAt(c, Math.max(computed, 0));
  const shape = c.b.shapeOf(first.ref);
  const refs = values.map((value, i) => {
    if (value?.kind === 'known' && value.numbers.isReal && computed >= 0) {
      return weightNode(c, value.numbers, learnedShape(value.numbers.shape, shape.length, first));
    }
    const live = liveAt(c, i);
    if (live.view?.kind !== first.view?.kind) fail('its inputs have their axes in different orders');
    return live.ref;
  });
  return { refs, view: first.view ? { view: first.view } : {} };
}

/** The shape, without the batch, of numbers that go with a value of that many axes. */
function learnedShape(given: readonly number[], axes: number, { view }: LiveValue): number[] {
  if (view && view.kind !== 'last' && view.kind !== 'flat') fail('numbers cannot be joined with axes that are split');
  const full = [...new Array<number>(Math.max(axes + 1 - given.length, 0)).fill(1), ...given];
  const [batch, ...shape] = full;
  if (batch !== 1 || full.length !== axes + 1)
    return fail(`numbers of the shape [${given.join(', ')}] do not fit its other input`);
  if (view?.kind === 'last') return [shape[2] ?? 1, shape[0] ?? 1, shape[1] ?? 1];
  return shape;
}
