import { elements, type ValueRef } from '../../5-graph/graph.ts';
import type { Op } from '../../ops/ops.ts';
import { filled, type Numbers, shortest } from '../numbers.ts';
import { fail } from '../unsayable.ts';
import { liveAt, made, numberOf, type OperatorContext, weightNode, weightsAt, withNorm } from './context.ts';
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

/** PReLU: a learned slope below 0, of each channel: relu(x) - slope relu(-x). One slope of all is LeakyReLU's, where that may have it. */
export function prelu(c: OperatorContext): FileValue {
  const x = liveAt(c, 0);
  const slopes = weightsAt(c, 1);
  const [only] = elements(slopes.shape) === 1 ? [shortest(slopes.read()[0] as number)] : [];
  if (only !== undefined && only >= 0 && only <= 1) {
    return activation(c, { kind: 'activation', fn: 'leaky_relu', ...(only !== 0.01 && { slope: only }) });
  }
  const relu: Op = { kind: 'activation', fn: 'relu' };
  const negative = made(c, { kind: 'rescale', scale: -1, offset: 0 }, [x.ref]);
  const below = made(c, relu, [negative.ref]);
  const learned = learnedWith(c, slopes, x);
  const scaledBelow = made(c, { kind: 'mul' }, [below.ref, learned]);
  const above = made(c, relu, [x.ref]);
  return { ...made(c, { kind: 'sub' }, [above.ref, scaledBelow.ref]), ...(x.view && { view: x.view }) };
}

/** The two operands as values of the network, with their axes in the same order. */
function operands(c: OperatorContext): { refs: ValueRef[]; view: Pick<LiveValue, 'view'> } {
  const values = [c.value(0), c.value(1)];
  const computed = values.findIndex((value) => value?.kind !== 'known');
  const first = liveAt(c, Math.max(computed, 0));
  const refs = values.map((value, i) => {
    if (value?.kind === 'known' && value.numbers.isReal && computed >= 0) {
      return learnedWith(c, value.numbers, first);
    }
    const live = liveAt(c, i);
    if (live.view?.kind !== first.view?.kind) fail('its inputs have their axes in different orders');
    return live.ref;
  });
  return { refs, view: first.view ? { view: first.view } : {} };
}

/** Numbers of the file that go with a value, in the order of its axes here. */
function learnedWith(c: OperatorContext, numbers: Numbers, { ref, view }: LiveValue): ValueRef {
  if (view && view.kind !== 'last' && view.kind !== 'flat') fail('numbers cannot be joined with axes that are split');
  const own = c.b.shapeOf(ref);
  const { shape: given } = numbers;
  if (view?.kind === 'flat') {
    const count = elements(given);
    if (count !== 1 && (count !== elements(own) || given.at(-1) !== count)) return unfit(given);
    return weightNode(c, numbers, count === 1 ? own.map(() => 1) : own);
  }
  const full = [...new Array<number>(Math.max(own.length + 1 - given.length, 0)).fill(1), ...given];
  const [batch, ...shape] = full;
  if (batch !== 1 || full.length !== own.length + 1) return unfit(given);
  if (view?.kind !== 'last') return weightNode(c, numbers, shape);
  const [height = 1, width = 1, channels = 1] = shape;
  const turned = channels === 1 || height * width === 1 ? numbers : channelsFirst(numbers, channels);
  return weightNode(c, turned, [channels, height, width]);
}

function unfit(given: readonly number[]): never {
  return fail(`numbers of the shape [${given.join(', ')}] do not fit its other input`);
}

/** Numbers for each pixel and channel whose channels are last. */
function channelsFirst(numbers: Numbers, channels: number): Numbers {
  const read = (): Float32Array => {
    const stored = numbers.read();
    const pixels = stored.length / channels;
    return Float32Array.from(stored, (_, i) => stored[(i % pixels) * channels + Math.floor(i / pixels)] as number);
  };
  return { ...numbers, read };
}
