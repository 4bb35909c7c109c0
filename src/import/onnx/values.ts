import { elements, type Shape, type ValueRef } from '../../5-graph/graph.ts';
import type { Numbers } from '../numbers.ts';
import type { Formula } from './formulas.ts';
import type { AxisView } from './view.ts';

/** A normalisation whose weight and bias are nodes that follow it in the file. */
export interface OpenNorm {
  readonly op: 'groupNorm' | 'layerNorm';
  readonly groups: number;
  readonly epsilon: number;
  readonly weight?: Numbers;
}

/** What a name in the file refers to. */
export type FileValue = LiveValue | KnownValue | FormulaValue | PartValue | FailedValue;

/** An output of a node of the network, or an input of the network. */
export interface LiveValue {
  readonly kind: 'live';
  readonly ref: ValueRef;
  readonly view?: AxisView;
  readonly norm?: OpenNorm;
  /** The functions of earlier values that it equals, in addition to being a value itself. */
  readonly formulas?: readonly Formula[];
}

/** Numbers of the file. */
export interface KnownValue {
  readonly kind: 'known';
  readonly numbers: Numbers;
}

/** A function that the language does not have, but that may be a part of one that it has. */
export interface FormulaValue {
  readonly kind: 'formula';
  /** Formulas over the values that it can be seen as a function of. */
  readonly formulas: readonly Formula[];
}

/** What can be expressed only as a part of something known: a length, a deviation. */
export interface PartValue {
  readonly kind: 'part';
}

/** What cannot be expressed. It only matters if an output depends on it. */
export interface FailedValue {
  readonly kind: 'failed';
  /** Name and operator of the node. */
  readonly node: string;
  readonly type: string;
  readonly reason: string;
}

/** Whole numbers that follow from others: sizes, axes. */
export function knownIntegers(integers: readonly number[], shape: readonly number[] = [integers.length]): KnownValue {
  return { kind: 'known', numbers: { shape, isReal: false, integers, read: () => Float32Array.from(integers) } };
}

/** The axes of a live value in the file, the batch in front. */
export function axesOf(shape: Shape, view: AxisView | undefined, batch: number): readonly number[] {
  const [channels = 1, height = 1, width = 1] = shape;
  switch (view?.kind) {
    case undefined:
      return [batch, ...shape];
    case 'flat':
      return [batch, elements(shape)];
    case 'last':
      return [batch, height, width, channels];
    case 'rows':
      return [batch, view.groups, elements(shape) / view.groups];
    case 'groups': {
      const members = channels / view.groups;
      const split = view.swapped ? [members, view.groups] : [view.groups, members];
      return [batch, ...split, height, width];
    }
  }
}
