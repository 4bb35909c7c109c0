import { elements, type ValueRef } from '../../5-graph/graph.ts';
import { sameShape } from '../../ops/shape.ts';
import type { Numbers } from '../numbers.ts';
import { fail } from '../unsayable.ts';
import { integer, integers, knownAt, liveAt, made, type OperatorContext, refAt, weightsAt } from './context.ts';
import { axesOf, type FileValue, type KnownValue, knownIntegers, type LiveValue } from './values.ts';
import { areaMeans, gatherRows } from './windows.ts';

/** Operators that rearrange axes, and the arithmetic of sizes. */

/** The axes of an input, the batch in front. */
function axesAt(c: OperatorContext, i: number): readonly number[] {
  const value = c.value(i);
  if (value?.kind === 'known') return value.numbers.shape;
  const { ref, view } = liveAt(c, i);
  return axesOf(c.b.shapeOf(ref), view, c.batch);
}

export function shapeOfInput(c: OperatorContext): FileValue {
  const axes = axesAt(c, 0);
  return knownIntegers(axes.slice(integer(c, 'start', 0), c.attribute('end').integer));
}

/** A value with different axes, with the same numbers in the same order. */
export function reshaped(c: OperatorContext, wanted: readonly number[]): FileValue {
  const value = c.value(0);
  if (value?.kind === 'known')
    return { kind: 'known', numbers: renamed(value.numbers, filledIn(wanted, value.numbers.shape)) };
  if (value?.kind !== 'live') return { ...liveAt(c, 0) };
  const { ref, view } = value;
  const shape = c.b.shapeOf(ref);
  const axes = filledIn(wanted, axesOf(shape, view, c.batch));
  const [batch, ...rest] = axes;
  const keep = (next: LiveValue['view']): LiveValue => {
    const { view: _, formulas: __, ...same } = value;
    return next ? { ...same, view: next } : same;
  };
  if (batch !== c.batch) return fail('it mixes the samples of a batch');
  // The channels of a single pixel have the same order wherever they are.
  const isPixel = shape.length === 3 && shape[1] === 1 && shape[2] === 1;
  if (isPixel && view?.kind !== 'groups' && String(rest) === `1,1,${shape[0]}`) return keep({ kind: 'last' });
  if (isPixel && view?.kind === 'last' && rest.length === 1) return keep({ kind: 'flat' });
  if (isPixel && view?.kind === 'last' && sameShape(rest, shape)) return keep(undefined);
  if (view?.kind === 'last') {
    if (String(axes) === String(axesOf(shape, view, c.batch))) return value;
    return fail('it splits or joins axes before the channels');
  }
  if (view?.kind === 'groups' && view.swapped) {
    if (sameShape(rest, shape)) return made(c, { kind: 'channelShuffle', groups: view.groups }, [ref]);
    return fail('it rearranges channels in a way that is not a shuffle');
  }
  if (sameShape(rest, shape)) return keep(undefined);
  if (rest.length === 1) return keep({ kind: 'flat' });
  const [channels = 0, height = 1, width = 1] = shape;
  const [groups = 0, members = 0, ...map] = rest;
  if (groups * members === channels && elements(map) === height * width && map.length > 0)
    return keep({ kind: 'groups', groups, swapped: false });
  if (rest.length === 2) return keep({ kind: 'rows', groups });
  return fail(`a value of the shape [${axes.join(', ')}] cannot be expressed`);
}

/** The axes that a Reshape states: 0 is the axis of the input, -1 what is left. */
function filledIn(wanted: readonly number[], axes: readonly number[]): number[] {
  const full = wanted.map((n, i) => (n === 0 ? (axes[i] ?? 0) : n));
  const known = full.reduce((product, n) => (n === -1 ? product : product * n), 1);
  return full.map((n) => (n === -1 ? elements(axes) / known : n));
}

const reshapedNumbers = new WeakMap<Numbers, Map<string, Numbers>>();

/** Numbers in another shape: the same object for the same shape, so that a learned tensor stays one. */
function renamed(numbers: Numbers, shape: readonly number[]): Numbers {
  if (String(shape) === String(numbers.shape)) return numbers;
  const known = reshapedNumbers.get(numbers) ?? new Map<string, Numbers>();
  reshapedNumbers.set(numbers, known);
  const made = known.get(String(shape)) ?? { ...numbers, shape };
  known.set(String(shape), made);
  return made;
}

export function reshape(c: OperatorContext): FileValue {
  return reshaped(c, knownAt(c, 1).integers ?? fail('its shape is not in the file'));
}

export function flatten(c: OperatorContext): FileValue {
  const axes = axesAt(c, 0);
  const axis = integer(c, 'axis', 1);
  const at = axis < 0 ? axis + axes.length : axis;
  if (at !== 1) fail(`it joins the axes from ${at} on, not all but the batch`);
  return reshaped(c, [axes[0] ?? 1, elements(axes.slice(1))]);
}

export function squeeze(c: OperatorContext): FileValue {
  const axes = axesAt(c, 0);
  const gone = integers(c, 'axes', 1)?.map((axis) => (axis < 0 ? axis + axes.length : axis));
  return reshaped(
    c,
    axes.filter((n, i) => (gone ? !gone.includes(i) : n !== 1)),
  );
}

export function unsqueeze(c: OperatorContext): FileValue {
  const axes = [...axesAt(c, 0)];
  const list = integers(c, 'axes', 1) ?? [];
  const rank = axes.length + list.length;
  for (const at of list.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)) axes.splice(at, 0, 1);
  return reshaped(c, axes);
}

export function transpose(c: OperatorContext): FileValue {
  const perm = (c.attribute('perm').integers ?? []).join();
  if (c.value(0)?.kind === 'known')
    return { kind: 'known', numbers: turned(knownAt(c, 0), c.attribute('perm').integers) };
  const { ref, view } = liveAt(c, 0);
  if (!view && perm === '0,2,3,1') return { kind: 'live', ref, view: { kind: 'last' } };
  if (view?.kind === 'last' && perm === '0,3,1,2') return { kind: 'live', ref };
  if (view?.kind === 'groups' && !view.swapped && /^0,2,1(,3(,4)?)?$/.test(perm))
    return { kind: 'live', ref, view: { ...view, swapped: true } };
  return fail(`the order of axes ${perm} cannot be expressed`);
}

/** A matrix with its axes exchanged. */
export function turned(numbers: Numbers, perm: readonly number[] = [1, 0]): Numbers {
  const [rows, columns] = numbers.shape as [number, number];
  if (numbers.shape.length !== 2 || String(perm) !== '1,0') return fail('numbers of the file are rearranged in it');
  /** The original position of an element of the result. */
  const before = (at: number) => (at % rows) * columns + Math.floor(at / rows);
  const { integers: whole } = numbers;
  return {
    shape: [columns, rows],
    isReal: numbers.isReal,
    ...(whole && { integers: whole.map((_, at) => whole[before(at)] as number) }),
    read() {
      const from = numbers.read();
      return from.map((_, at) => from[before(at)] as number);
    },
  };
}

export function gather(c: OperatorContext): FileValue {
  const axis = integer(c, 'axis', 0);
  const value = c.value(0);
  if (value?.kind !== 'known') {
    const rank = axesAt(c, 0).length;
    const at = axis < 0 ? axis + rank : axis;
    return at === 2 || at === 3 ? gatherRows(c, at) : fail(`choosing along the axis ${at} cannot be expressed`);
  }
  const list = sizes(value);
  const at = knownAt(c, 1);
  const chosen = (at.integers ?? []).map(
    (i) => list[i < 0 ? i + list.length : i] ?? fail('it chooses elements that do not exist'),
  );
  return knownIntegers(chosen, at.shape);
}

export function concat(c: OperatorContext): FileValue {
  const values = c.node.inputs.map((_, i) => c.value(i));
  if (values.every((value): value is KnownValue => value?.kind === 'known'))
    return knownIntegers(values.flatMap(sizes));
  const axis = integer(c, 'axis', 0);
  const refs = values.map((_, i) => catRef(c, i));
  const rank = c.b.shapeOf(refs[0] as ValueRef).length + 1;
  if ((axis < 0 ? axis + rank : axis) !== 1) fail('only channels can be joined');
  return refs.length === 1 ? { kind: 'live', ref: refs[0] as ValueRef } : made(c, { kind: 'concat' }, refs);
}

function catRef(c: OperatorContext, i: number): ValueRef {
  return refAt(c, i);
}

export function split(c: OperatorContext): FileValue[] {
  const ref = refAt(c, 0);
  const [channels = 0] = c.b.shapeOf(ref);
  const axis = integer(c, 'axis', 0);
  if (axis !== 1 && axis !== 1 - (c.b.shapeOf(ref).length + 1)) fail('only channels can be split');
  const parts = c.node.outputs.length;
  const lengths = integers(c, 'split', 1) ?? new Array<number>(parts).fill(channels / parts);
  if (lengths.some((n) => n !== channels / parts))
    fail(`channels can be split into equal parts only, not ${lengths.join(', ')}`);
  return c.b.add({ kind: 'split', parts }, [ref], c.node.name).map((part) => ({ kind: 'live', ref: part }));
}

/** A run of channels that is a part of an equal split; for sizes, a part of the list. */
export function slice(c: OperatorContext): FileValue {
  const [starts = [], ends = []] = [integers(c, 'starts', 1), integers(c, 'ends', 2)];
  const value = c.value(0);
  const axes = axesAt(c, 0);
  const along = (integers(c, 'axes', 3) ?? starts.map((_, i) => i)).map((axis) =>
    axis < 0 ? axis + axes.length : axis,
  );
  const steps = c.value(4) ? (knownAt(c, 4).integers ?? []) : starts.map(() => 1);
  const [size = 0, start = 0, end = 0, step = 1] = [axes[along[0] ?? 0], starts[0], ends[0], steps[0]];
  const bound = (n: number) => Math.min(Math.max(n < 0 ? n + size : n, 0), size);
  if (value?.kind === 'known')
    return along.length === 1 && along[0] === 0 ? rows(value, start, end, step) : fail('it cuts numbers of the file');
  const [from, length] = [bound(start), bound(end) - bound(start)];
  if (length === size && step === 1 && along.length === 1) return { ...liveAt(c, 0) };
  const isPart = along.length === 1 && along[0] === 1 && step === 1 && size % length === 0 && from % length === 0;
  if (!isPart) return fail('only one of equal parts of the channels can be taken');
  const ref = refAt(c, 0);
  const parts = size / length;
  const known = c.b.nodes.findIndex(
    ({ op, inputs: [x] }) =>
      op.kind === 'split' && op.parts === parts && x?.node === ref.node && x.output === ref.output,
  );
  const node = known >= 0 ? known : (c.b.add({ kind: 'split', parts }, [ref], c.node.name)[0] as ValueRef).node;
  return { kind: 'live', ref: { node, output: from / length } };
}

/** Some of the rows of a list or table of whole numbers: from the last to the first, with a step below 0. */
function rows(value: KnownValue, start: number, end: number, step: number): KnownValue {
  const list = sizes(value);
  const [count = 0, ...row] = value.numbers.shape;
  const width = elements(row);
  const [least, most] = step < 0 ? [-1, count - 1] : [0, count];
  const bound = (n: number) => Math.min(Math.max(n < 0 ? n + count : n, least), most);
  const chosen: number[] = [];
  for (let i = bound(start); step < 0 ? i > bound(end) : i < bound(end); i += step || 1) chosen.push(i);
  return knownIntegers(
    chosen.flatMap((i) => list.slice(i * width, (i + 1) * width)),
    [chosen.length, ...row],
  );
}

/** A list of one number, mostly zeros. */
export function constantOfShape(c: OperatorContext): FileValue {
  const shape = knownAt(c, 0).integers ?? fail('its shape is not in the file');
  const { numbers } = c.attribute('value');
  const length = elements(shape);
  if (shape.some((n) => n < 0) || length > 1000 || numbers?.isReal) fail('only a list of sizes can be expressed');
  return knownIntegers(new Array<number>(length).fill(numbers?.integers?.[0] ?? 0), shape);
}

/** Whole numbers that a shape may consist of. */
function sizes({ numbers }: KnownValue): readonly number[] {
  return numbers.integers ?? fail('it works on numbers of the file that are not sizes');
}

/** Numbers of a value that sizes may be computed with: few, and from the file or computed from it. */
export function fewNumbers(value: FileValue | undefined): readonly number[] | undefined {
  if (value?.kind !== 'known') return undefined;
  const { integers: list, shape, isReal } = value.numbers;
  return list ?? (isReal && shape.length <= 1 && elements(shape) <= 16 ? [...value.numbers.read()] : undefined);
}

/**
 * Arithmetic of sizes, real or whole; undefined where an input is computed, or more than a few numbers.
 * @param compute gets as many numbers as the operator has inputs, and whether they are real
 */
export function sizeArithmetic(
  c: OperatorContext,
  compute: (numbers: readonly number[], isReal: boolean) => number,
): FileValue | undefined {
  const inputs = c.node.inputs.flatMap((name, i) => (name === '' ? [] : [c.value(i)]));
  const lists = inputs.map(fewNumbers);
  const known = inputs.flatMap((value) => (value?.kind === 'known' ? [value.numbers] : []));
  if (lists.includes(undefined)) return undefined;
  const isReal = known.some((numbers) => numbers.isReal);
  const length = Math.max(...lists.map((list) => (list as readonly number[]).length));
  const at = (i: number) =>
    lists.map((list) => (list as readonly number[])[(list as readonly number[]).length === 1 ? 0 : i] as number);
  const shape = known.reduce(
    (longest, { shape }) => (shape.length > longest.length ? shape : longest),
    [] as readonly number[],
  );
  const values = Array.from({ length }, (_, i) => compute(at(i), isReal));
  return { kind: 'known', numbers: { shape, isReal, integers: values, read: () => Float32Array.from(values) } };
}

/** A dense layer: over a flattened map, a vector, or each pixel of a map whose channels are last. */
export function dense(c: OperatorContext, weight: Numbers, bias: Numbers | undefined): LiveValue {
  const x = liveAt(c, 0);
  const [units = 0, features = 0] = weight.shape;
  const shape = c.b.shapeOf(x.ref);
  if (x.view?.kind === 'last') {
    const kernel: Numbers = { ...weight, shape: [units, features, 1, 1] };
    const still = {
      kernel: [1, 1],
      stride: [1, 1],
      dilation: [1, 1],
      pads: { top: 0, left: 0, bottom: 0, right: 0 },
    } as const;
    const op = { kind: 'conv', filters: units, window: still, groups: 1, bias: !!bias } as const;
    return { ...made(c, op, [x.ref], bias ? [kernel, bias] : [kernel]), view: x.view };
  }
  if (shape.length !== 1 && x.view?.kind !== 'flat')
    fail('a product with a matrix along the width cannot be expressed');
  return made(c, { kind: 'linear', units, bias: !!bias }, [x.ref], bias ? [weight, bias] : [weight]);
}

export function gemm(c: OperatorContext): LiveValue {
  const [alpha, beta] = [c.attribute('alpha').real ?? 1, c.attribute('beta').real ?? 1];
  if (alpha !== 1 || beta !== 1 || integer(c, 'transA', 0) === 1)
    fail('a product that is scaled or transposed cannot be expressed');
  const weight = weightsAt(c, 1);
  const bias = c.value(2) ? weightsAt(c, 2) : undefined;
  return dense(
    c,
    integer(c, 'transB', 0) === 1 ? weight : turned(weight),
    bias && { ...bias, shape: [elements(bias.shape)] },
  );
}

/** A product with a matrix; what is added to it next is its bias. */
export function matMul(c: OperatorContext): FileValue {
  return areaMeans(c) ?? dense(c, turned(weightsAt(c, 1)), undefined);
}

/** The bias that an Add gives the product with a matrix before it; undefined for any other sum. */
export function biasOfProduct(c: OperatorContext): LiveValue | undefined {
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const [product, bias] = [c.maker(i), c.value(j)];
    if (product?.node.type !== 'MatMul' || bias?.kind !== 'known' || !bias.numbers.isReal) continue;
    if (product.value(1)?.kind !== 'known') continue;
    const weight = weightsAt(product, 1);
    const length = elements(bias.numbers.shape);
    if (weight.shape[1] === length) return dense(product, turned(weight), { ...bias.numbers, shape: [length] });
  }
  return undefined;
}
