import type { Interpolation } from './interpolation.ts';
import { opLimits } from './limits.ts';
import type { Pair } from './pair.ts';
import type { Shape, ShapeError } from './shape.ts';

/** How the language calls an op: its name, its parameters, and the result of a call. */
export interface OpSignature<O> {
  readonly name: string;
  /** How many tensors it takes, or their names; `many`: two or more, or a list. One that takes none bears the name that it is assigned to. */
  readonly tensors: 0 | 1 | 'many' | readonly string[];
  /** The most that it takes, where that is two. */
  readonly most?: 2;
  /**
   * The meaning of numbers among its operands, which are undefined for tensors: a rescaling of the op's result for the
   * tensors alone. Undefined where numbers cannot be used so. Absent where it takes none.
   */
  numbers?(operands: readonly (number | undefined)[]): Rescaling | undefined;
  /** Its result is a list of tensors, possibly of one. */
  readonly givesList?: true;
  /** One line of Markdown. */
  readonly doc: string;
  /** In the order in which arguments fill them. */
  readonly params: Readonly<Record<string, Param<unknown>>>;
  /** Of these parameters a call gives exactly one. */
  readonly oneOf?: readonly string[];
  /** The parameter next to which a call gives no other. */
  readonly alone?: string;
  /**
   * The op of a call over an input of that shape, or why there is none; undefined if the call does nothing, such as dropout at
   * rate 0.
   */
  create(args: Readonly<Record<string, unknown>>, input: Shape): O | ShapeError | undefined;
}

/** x scale + offset. */
export interface Rescaling {
  readonly scale: number;
  readonly offset: number;
}

/** `tensor`: one that only lends its shape; the op does not read it. */
export type ParamType = 'int' | 'real' | 'bool' | 'size' | 'padding' | 'interpolation' | 'tensor' | 'int[]';

/** How a window is padded: by a rule of a framework, or by pixels above and below, left and right. */
export type Padding = 'same' | 'symmetric' | 'valid' | Pair;

/** What a framework decides where a call leaves it open. */
export type ConventionKey = 'padding' | 'epsilon' | 'momentum' | 'countPad';

/** The default where a call leaves a parameter open. */
export type Otherwise<T> =
  | { readonly convention: ConventionKey }
  /** `text`: how documentation states it, where that is not the value. */
  | { readonly value: T; readonly text?: string };

export interface Param<T> {
  readonly type: ParamType;
  readonly doc: string;
  /** The least and the most of a number, or of each number of a pair. */
  readonly range: readonly [least: number, most: number];
  /** Absent if a call must give it. */
  readonly otherwise?: Otherwise<T>;
  /** Whether a number must be odd. */
  readonly odd?: true;
  /** The advice in the message for 0, where that is below the least. */
  readonly insteadOfZero?: string;
}

type Arguments<P> = { readonly [N in keyof P]: P[N] extends Param<infer T> ? T : never };

/** States a signature, with the arguments of `create` typed by the parameters. */
export function signature<O, P extends Readonly<Record<string, Param<unknown>>>>(
  stated: Omit<OpSignature<O>, 'params' | 'create'> & {
    readonly params: P;
    create(args: Arguments<P>, input: Shape): O | ShapeError | undefined;
  },
): OpSignature<O> {
  return stated as OpSignature<O>;
}

export function int(doc: string, range: Param<number>['range'], otherwise?: Otherwise<number>): Param<number> {
  return { type: 'int', doc, range, ...(otherwise && { otherwise }) };
}

export function real(doc: string, range: Param<number>['range'], otherwise?: Otherwise<number>): Param<number> {
  return { type: 'real', doc, range, ...(otherwise && { otherwise }) };
}

/** What calls write as a number or as `[high, wide]`; `create` gets the pair. */
export function size(doc: string, range: Param<Pair>['range'], otherwise?: Otherwise<Pair>): Param<Pair> {
  return { type: 'size', doc, range, ...(otherwise && { otherwise }) };
}

export function bool(doc: string, otherwise: Otherwise<boolean>): Param<boolean> {
  return { type: 'bool', doc, range: [0, 1], otherwise };
}

export function padding(doc: string, otherwise: Otherwise<Padding>): Param<Padding> {
  return { type: 'padding', doc, range: [0, opLimits.kernel], otherwise };
}

export function interpolation(doc: string, otherwise: Otherwise<Interpolation>): Param<Interpolation> {
  return { type: 'interpolation', doc, range: [0, 0], otherwise };
}

/** A map `[C, H, W]` that lends its shape. */
export function tensor(doc: string, otherwise: Otherwise<Shape | undefined>): Param<Shape | undefined> {
  return { type: 'tensor', doc, range: [0, 0], otherwise };
}

/** `[C, H, W]` or `[C]`. */
export function shape(doc: string): Param<Shape> {
  return { type: 'int[]', doc, range: [1, opLimits.channels] };
}
