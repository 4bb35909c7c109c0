import type { ValueRef } from '../../5-graph/graph.ts';
import { interpolationMatrix, nearestRows, type Resizing, transposedInterpolation } from '../../ops/interpolation.ts';
import type { Pair } from '../../ops/pair.ts';
import type { Shape } from '../../ops/shape.ts';
import { noPads, type Pads, padsFor, poolOver, type Window } from '../../ops/window.ts';
import type { Numbers } from '../numbers.ts';
import { fail } from '../unsayable.ts';
import {
  integer,
  integers,
  knownAt,
  liveAt,
  made,
  numberOf,
  type OperatorContext,
  refAt,
  weightsAt,
} from './context.ts';
import type { FileValue, LiveValue } from './values.ts';

/** Operators that move a window over a map, or resize it. */

export function convolution(c: OperatorContext): LiveValue {
  const weight = weightsAt(c, 1);
  const bias = c.value(2) ? weightsAt(c, 2) : undefined;
  const along = channelConvolution(c, weight, bias);
  if (along) return along;
  const [filters = 0, , ...kernel] = weight.shape;
  if (kernel.length !== 2) fail('only convolutions over height and width can be expressed');
  const moves = { ...windowMoves(c, kernel as unknown as Pair), pads: noPads };
  const given = refAt(c, 0);
  const own = padsOf(c, moves, mapShape(c, given));
  const before = beforePads(c, given, own);
  const joined = sum(before.pads, own);
  const isJoined = isSayable(moves, joined, mapShape(c, before.ref));
  // Padding that no window of the language has becomes a separate step.
  const isOwn = !isJoined && isSayable(moves, own, mapShape(c, given));
  const ref = isJoined ? before.ref : isOwn ? given : made(c, { kind: 'pad', pads: own }, [given]).ref;
  const pads = isJoined ? joined : isOwn ? own : noPads;
  const op = {
    kind: 'conv',
    filters,
    window: { ...moves, pads },
    groups: integer(c, 'group', 1),
    bias: !!bias,
  } as const;
  return made(c, op, [ref], bias ? [weight, bias] : [weight]);
}

/** A transposed convolution: an addition at the end of its output is padding that is not cropped. */
export function transposedConvolution(c: OperatorContext): LiveValue {
  const weight = weightsAt(c, 1);
  const bias = c.value(2) ? weightsAt(c, 2) : undefined;
  const [, filters = 0, ...kernel] = weight.shape;
  if (kernel.length !== 2) fail('only convolutions over height and width can be expressed');
  if (c.attribute('output_shape').integers || c.attribute('auto_pad').text?.startsWith('SAME'))
    fail('only padding that is given in pixels can be expressed');
  const ref = refAt(c, 0);
  const moves = { ...windowMoves(c, kernel as unknown as Pair), pads: noPads };
  const { top, left, bottom, right } = padsOf(c, moves, mapShape(c, ref));
  const [down = 0, across = 0] = c.attribute('output_padding').integers ?? [];
  const groups = integer(c, 'group', 1);
  const window = { ...moves, pads: { top, left, bottom: bottom - down, right: right - across } };
  const op = { kind: 'convTranspose', filters: filters * groups, window, groups, bias: !!bias } as const;
  return made(c, op, [ref], bias ? [weight, bias] : [weight]);
}

/** A convolution along the channels, which are in a row or in the rows of a map; undefined for any other. */
function channelConvolution(c: OperatorContext, weight: Numbers, bias: Numbers | undefined): LiveValue | undefined {
  const { ref, view } = liveAt(c, 0);
  const [filters, inputs, kernel = 0, wide = 1] = weight.shape;
  const isRow = (view?.kind === 'groups' && !view.swapped) || view?.kind === 'rows';
  if (!isRow || view.groups !== 1 || filters !== 1 || inputs !== 1 || wide !== 1 || bias) return undefined;
  const pads = c.attribute('pads').integers ?? [];
  const half = (kernel - 1) / 2;
  const isPadded = pads.length === 2 ? String(pads) === `${half},${half}` : String(pads) === `${half},0,${half},0`;
  if (!isPadded) return fail('only a convolution along channels that keeps their number can be expressed');
  const numbers = { ...weight, shape: [1, 1, kernel] };
  return { ...made(c, { kind: 'channelConv', kernel }, [ref], [numbers]), view };
}

/** Whether a window of the language can have these pads: those of `same`, or as many on both sides. */
function isSayable(window: Omit<Window, 'pads'>, pads: Pads, [, height = 1, width = 1]: Shape): boolean {
  const { top, left, bottom, right } = pads;
  if (top === bottom && left === right && top >= 0 && left >= 0) return true;
  const same = padsFor('same', window, [height, width]);
  return top === same.top && left === same.left && bottom === same.bottom && right === same.right;
}

export function pool(c: OperatorContext, kind: 'maxPool' | 'avgPool'): LiveValue {
  const kernel = c.attribute('kernel_shape').integers ?? [];
  if (kernel.length !== 2) fail('only windows over height and width can be expressed');
  const lowest = kind === 'maxPool' ? lowestPads(c) : undefined;
  const given = lowest?.ref ?? refAt(c, 0);
  const moves = { ...windowMoves(c, kernel as unknown as Pair), pads: noPads };
  if (moves.dilation.some((n) => n !== 1)) fail('a pool whose window has gaps cannot be expressed');
  const own = sum(lowest?.pads ?? noPads, padsOf(c, moves, mapShape(c, given)));
  const joined = beforePads(c, given, own);
  const both = sum(joined.pads, own);
  // Runtimes want the padding of a pool smaller than its window.
  const isSmall =
    Math.max(both.top, both.bottom) < moves.kernel[0] && Math.max(both.left, both.right) < moves.kernel[1];
  const isJoined = isSmall && isSayable(moves, both, mapShape(c, joined.ref));
  const { ref, pads: before } = isJoined ? joined : { ref: given, pads: noPads };
  const shape = mapShape(c, ref);
  const pads = sum(before, own);
  const added = integer(c, 'ceil_mode', 0) === 1 ? addedBy(shape, moves, pads) : ([0, 0] as const);
  const window: Window = { ...moves, pads: { ...pads, bottom: pads.bottom + added[0], right: pads.right + added[1] } };
  if (kind === 'maxPool') return made(c, { kind, window }, [ref]);
  const isPadded = Object.values(own).some((n) => n > 0);
  const isPaddedBefore = Object.values(before).some((n) => n > 0);
  const countPad = isPaddedBefore || (isPadded && integer(c, 'count_include_pad', 0) === 1);
  if (countPad && Math.max(...added) > 0) fail('a mean that counts a part of its padding cannot be expressed');
  return made(c, { kind, window, countPad }, [ref]);
}

/** What a Pad with the least number adds before a maximum: the pool's own padding. */
function lowestPads(c: OperatorContext): { readonly ref: ValueRef; readonly pads: Pads } | undefined {
  const maker = c.maker(0);
  if (c.value(0)?.kind !== 'part' || maker?.node.type !== 'Pad') return undefined;
  const { pads, isEdge } = padding(maker);
  if (Object.values(pads).some((n) => n < 0)) fail('padding that also takes away cannot be expressed');
  // The pixels at the edge are in every window that their copies are in.
  const [high = 1, wide = 1] = c.attribute('kernel_shape').integers ?? [];
  if (isEdge && (Math.max(pads.top, pads.bottom) >= high || Math.max(pads.left, pads.right) >= wide))
    fail("padding by 'edge' as wide as the window cannot be expressed");
  return { ref: refAt(maker, 0), pads };
}

/** How many rows and columns rounding up adds to a padded map. */
function addedBy(
  [, height = 1, width = 1]: Shape,
  { kernel, stride }: Window,
  { top, left, bottom, right }: Pads,
): Pair {
  const map = [0, height + top + bottom, width + left + right];
  return poolOver(map, { kernel, stride, padding: 'valid', round_up: true }).added;
}

/** What a Pad before a window pads with, if that can be the window's own padding next to `own`; no pads otherwise. */
function beforePads(c: OperatorContext, ref: ValueRef, own: Pads): { readonly ref: ValueRef; readonly pads: Pads } {
  const { op, inputs } = c.b.nodeOf(ref);
  const apart = { ref, pads: noPads };
  if (op.kind !== 'pad') return apart;
  const sides = Object.keys(noPads) as (keyof Pads)[];
  // Cropping a side and padding it again does not restore it.
  if (sides.some((side) => op.pads[side] * own[side] < 0)) return apart;
  const takesAway = sides.every((side) => op.pads[side] <= 0);
  // Zeros are padding of a convolution, and of a mean that counts its padding; a maximum may be below them.
  const { type } = c.node;
  const isPadded = sides.some((side) => own[side] > 0);
  const counts = integer(c, 'ceil_mode', 0) === 0 && (!isPadded || integer(c, 'count_include_pad', 0) === 1);
  const fills = type === 'Conv' || (type === 'AveragePool' && counts && sides.every((side) => op.pads[side] >= 0));
  return takesAway || fills ? { ref: inputs[0] as ValueRef, pads: op.pads } : apart;
}

function windowMoves(c: OperatorContext, kernel: Pair) {
  const pair = (name: string): Pair => {
    const list = c.attribute(name).integers ?? [1, 1];
    return [list[0] ?? 1, list[1] ?? 1];
  };
  return { kernel, stride: pair('strides'), dilation: pair('dilations') };
}

function padsOf(c: OperatorContext, window: Omit<Window, 'pads'>, [, height = 1, width = 1]: Shape): Pads {
  const auto = c.attribute('auto_pad').text ?? 'NOTSET';
  if (auto === 'SAME_UPPER') return padsFor('same', window, [height, width]);
  if (auto === 'SAME_LOWER') {
    const { top, left, bottom, right } = padsFor('same', window, [height, width]);
    return { top: bottom, left: right, bottom: top, right: left };
  }
  const [top = 0, left = 0, bottom = 0, right = 0] = c.attribute('pads').integers ?? [];
  return { top, left, bottom, right };
}

function sum(a: Pads, b: Pads): Pads {
  return { top: a.top + b.top, left: a.left + b.left, bottom: a.bottom + b.bottom, right: a.right + b.right };
}

function mapShape(c: OperatorContext, ref: ValueRef): Shape {
  const shape = c.b.shapeOf(ref);
  return shape.length === 3 ? shape : fail('it takes a map, but is given a vector');
}

/** The mean over a map; also in two steps, first over columns. */
export function globalMean(c: OperatorContext): LiveValue {
  const ref = refAt(c, 0);
  const { op, inputs } = c.b.nodeOf(ref);
  if (op.kind === 'avgPool' && c.b.shapeOf(ref)[1] === 1) {
    const [column] = inputs as [ValueRef];
    const { kernel, pads } = op.window;
    const isColumns = kernel[0] === c.b.shapeOf(column)[1] && kernel[1] === 1 && op.window.stride[1] === 1;
    if (isColumns && Object.values(pads).every((n) => n === 0)) return made(c, { kind: 'globalAvgPool' }, [column]);
  }
  return made(c, { kind: 'globalAvgPool' }, [ref]);
}

/** A mean, maximum or length over axes. */
export function reduction(
  c: OperatorContext,
  over: { map?: 'globalAvgPool' | 'globalMaxPool'; channels?: 'channelMean' | 'channelMax' },
): FileValue {
  const given = liveAt(c, 0);
  const rank = c.b.shapeOf(given.ref).length + 1;
  const axes = (integers(c, 'axes', 1) ?? []).map((axis) => (axis < 0 ? axis + rank : axis)).sort();
  const keepsRank = integer(c, 'keepdims', 1) === 1;
  // Over channels that are last, a mean is part of a norm.
  if (given.view?.kind === 'last' && String(axes) === '3') return { kind: 'part' };
  if (given.view?.kind === 'last' && String(axes) === '1,2' && over.map)
    return { ...made(c, { kind: over.map }, [given.ref]), view: { kind: keepsRank ? 'last' : 'flat' } };
  const ref = refAt(c, 0);
  if (rank === 4 && String(axes) === '2,3' && over.map) {
    const mean = made(c, { kind: over.map }, [ref]);
    return keepsRank ? mean : { ...mean, view: { kind: 'flat' } };
  }
  // Over a vector it is part of a norm.
  if (String(axes) === '1' && rank === 2) return { kind: 'part' };
  if (String(axes) === '1' && keepsRank && over.channels) return made(c, { kind: over.channels }, [ref]);
  return fail(`a reduction over the axes ${axes.join(', ') || 'of all'} cannot be expressed`);
}

export function pad(c: OperatorContext): FileValue {
  const { pads, channels, value, isEdge } = padding(c);
  if (channels.some((n) => n !== 0)) return withZeros(c, channels, pads, value);
  const { view } = liveAt(c, 0);
  const isLast = view?.kind === 'last';
  const ref = isLast ? liveAt(c, 0).ref : refAt(c, 0);
  const seen = isLast ? { view } : {};
  if (Object.values(pads).every((n) => n === 0)) return { kind: 'live', ref, ...seen };
  const isCrop = Object.values(pads).every((n) => n <= 0);
  // With the least number, or copies of the edge, it is the padding of a maximum.
  if (!isCrop && (isEdge || isLowest(value))) return { kind: 'part' };
  if (value !== 0 && !isCrop) fail('padding by anything but zeros cannot be expressed');
  return { ...made(c, { kind: 'pad', pads }, [ref]), ...seen };
}

/** The most pieces of a map that zeros are made of. */
const mostPieces = 64;

/** Channels of zeros in front of a map's and behind them: as many of its own times zero. */
function withZeros(
  c: OperatorContext,
  [before, after]: readonly [number, number],
  pads: Pads,
  value: number | undefined,
): FileValue {
  const { ref, view } = liveAt(c, 0);
  if (view && view.kind !== 'last') refAt(c, 0);
  if (before < 0 || after < 0) return fail('channels that a Pad takes away cannot be expressed');
  if (value !== 0) return fail('padding by anything but zeros cannot be expressed');
  if (Object.values(pads).some((n) => n !== 0))
    return fail('padding of channels and of pixels at once cannot be expressed');
  const [channels = 0] = c.b.shapeOf(ref);
  const size = divisorOf(divisorOf(before, after), channels);
  const pieces = (before + after) / size;
  if (pieces > mostPieces) return fail(`${before + after} channels of zeros next to ${channels} cannot be expressed`);
  const part =
    size === channels ? ref : (c.b.add({ kind: 'split', parts: channels / size }, [ref], c.node.name)[0] as ValueRef);
  const zeros = made(c, { kind: 'rescale', scale: 0, offset: 0 }, [part]).ref;
  const copies = (n: number) => new Array<ValueRef>(n / size).fill(zeros);
  return { ...made(c, { kind: 'concat' }, [...copies(before), ref, ...copies(after)]), ...(view && { view }) };
}

function divisorOf(a: number, b: number): number {
  return b === 0 ? a : divisorOf(b, a % b);
}

/** What a Pad node adds to a map, and the number that it pads with. */
function padding(c: OperatorContext): {
  readonly pads: Pads;
  /** Channels in front and behind. */
  readonly channels: readonly [number, number];
  readonly value: number | undefined;
  readonly isEdge: boolean;
} {
  const mode = c.attribute('mode').text ?? 'constant';
  const isEdge = mode === 'edge';
  if (mode !== 'constant' && !isEdge) fail(`padding by '${mode}' cannot be expressed, only by zeros`);
  const value = c.value(2) ? numberOf(c.value(2)) : (c.attribute('value').real ?? 0);
  const list = integers(c, 'pads', 1) ?? [];
  const axes = c.value(3) ? (knownAt(c, 3).integers ?? []) : [0, 1, 2, 3];
  const at = (axis: number, end: 0 | 1) => {
    const place = axes.findIndex((a) => (a < 0 ? a + 4 : a) === axis);
    return place < 0 ? 0 : (list[place + end * axes.length] ?? 0);
  };
  const [channels, high, wide] = liveAt(c, 0).view?.kind === 'last' ? ([3, 1, 2] as const) : ([1, 2, 3] as const);
  if (at(0, 0) !== 0 || at(0, 1) !== 0) fail('padding of the batch cannot be expressed');
  const pads = { top: at(high, 0), left: at(wide, 0), bottom: at(high, 1), right: at(wide, 1) };
  return { pads, channels: [at(channels, 0), at(channels, 1)], value, isEdge };
}

/** Whether no number of single precision is below one. */
function isLowest(value: number | undefined): boolean {
  return value !== undefined && Math.fround(value) <= -3.4028234663852886e38;
}

/** Resizing by scales or sizes, which must be in the file. */
export function resize(c: OperatorContext): LiveValue {
  const ref = refAt(c, 0);
  const shape = mapShape(c, ref);
  const isOld = c.node.type === 'Upsample' || c.opset < 11;
  const scales = c.value(isOld ? 1 : 2);
  const sizes = isOld ? undefined : c.value(3);
  const to = (axis: 1 | 2) => {
    if (sizes?.kind === 'known') return sizes.numbers.integers?.[axis + 1] ?? fail('its sizes are not in the file');
    if (scales?.kind !== 'known') return fail('its scales are not in the file');
    return Math.floor((shape[axis] as number) * (scales.numbers.read()[axis + 1] as number));
  };
  const rows: Resizing = { from: shape[1] as number, to: to(1) };
  const columns: Resizing = { from: shape[2] as number, to: to(2) };
  const mode = c.attribute('mode').text ?? 'nearest';
  const place = c.attribute('coordinate_transformation_mode').text ?? (isOld ? 'asymmetric' : 'half_pixel');
  if (mode === 'linear' || mode === 'bilinear') {
    const isHalf = place === 'half_pixel' || (place === 'pytorch_half_pixel' && rows.to > 1 && columns.to > 1);
    if (!isHalf) fail(`interpolation with '${place}' cannot be expressed, only with 'half_pixel'`);
    return made(c, { kind: 'upsample', mode: 'bilinear', rows, columns }, [ref]);
  }
  const rounding = c.attribute('nearest_mode').text ?? (isOld ? 'floor' : 'round_prefer_floor');
  const isWhole = rows.to % rows.from === 0 && columns.to % columns.from === 0;
  const isFloor = place === 'asymmetric' && rounding === 'floor';
  const isCentred = place === 'half_pixel' && rounding.startsWith('round') && isWhole;
  if (mode !== 'nearest' || !(isFloor || isCentred))
    fail(`resizing by '${mode}' with '${place}' and '${rounding}' cannot be expressed`);
  return made(c, { kind: 'upsample', mode: 'nearest', rows, columns }, [ref]);
}

/** Rows or columns by their numbers, as in nearest-neighbour resizing. */
export function gatherRows(c: OperatorContext, axis: number): LiveValue {
  const ref = refAt(c, 0);
  const [, height = 1, width = 1] = mapShape(c, ref);
  const numbers = knownAt(c, 1).integers ?? [];
  const from = axis === 2 ? height : width;
  const along: Resizing = { from, to: numbers.length };
  if (numbers.length === 0 || String(nearestRows(along)) !== String(numbers))
    fail('it takes rows that no resizing takes');
  const still = (n: number): Resizing => ({ from: n, to: n });
  const before = c.b.nodeOf(ref);
  // Columns after rows are one resizing.
  if (
    axis === 3 &&
    before.op.kind === 'upsample' &&
    before.op.mode === 'nearest' &&
    before.op.columns.from === before.op.columns.to
  )
    return made(c, { ...before.op, columns: along }, before.inputs);
  const [rows, columns] = axis === 2 ? [along, still(width)] : [still(height), along];
  return made(c, { kind: 'upsample', mode: 'nearest', rows, columns }, [ref]);
}

/**
 * Means over areas of a map, as products with a matrix for the rows and one for the columns; undefined for any other product.
 */
export function areaMeans(c: OperatorContext): FileValue | undefined {
  const [a, b] = [c.value(0), c.value(1)];
  if (a?.kind === 'known' && b?.kind === 'live' && !b.view && c.b.shapeOf(b.ref).length === 3) return { kind: 'part' };
  const inner = c.maker(0);
  if (a?.kind !== 'part' || b?.kind !== 'known' || inner?.node.type !== 'MatMul') return undefined;
  const [down, across] = [knownAt(inner, 0), b.numbers];
  const ref = refAt(inner, 1);
  const [, height = 1, width = 1] = c.b.shapeOf(ref);
  const rows: Resizing = { from: height, to: down.shape[0] ?? 0 };
  const columns: Resizing = { from: width, to: across.shape[1] ?? 0 };
  const isArea =
    down.shape[1] === height &&
    across.shape[0] === width &&
    isEqual(down.read(), interpolationMatrix('area', rows)) &&
    isEqual(across.read(), transposedInterpolation('area', columns));
  return isArea ? made(c, { kind: 'upsample', mode: 'area', rows, columns }, [ref]) : undefined;
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((n, i) => Math.abs(n - (b[i] as number)) < 1e-6);
}
