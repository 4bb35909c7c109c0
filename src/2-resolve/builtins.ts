import { activationNames } from '../ops/activations.ts';
import type { OpDescriptor } from '../ops/descriptor.ts';
import { interpolationNames, pictureInterpolations } from '../ops/interpolation.ts';
import { descriptors, type Op } from '../ops/ops.ts';
import type { OpSignature, Param } from '../ops/signature.ts';

/**
 * The names that the language itself gives a meaning: ops, functions and constants. Ops have the signature of a block;
 * their parameters are checked and bound like any block's.
 */

export interface BuiltinParam extends Param<unknown> {
  readonly name: string;
  /** Whether a call must give it. */
  readonly required: boolean;
}

/** An op as files call it. */
export interface BuiltinOp
  extends Pick<
    OpSignature<Op>,
    'name' | 'tensors' | 'most' | 'numbers' | 'givesList' | 'doc' | 'oneOf' | 'alone' | 'create'
  > {
  readonly params: readonly BuiltinParam[];
  /** The names of the tensors that it takes; none where it takes many. */
  readonly tensorNames: readonly string[];
  /** Whether it has tensors of its own, and so needs a path. */
  readonly ownsTensors: boolean;
}

/** What the descriptors of ops state of the language, by the name that files call them by. */
export const builtinOps: ReadonlyMap<string, BuiltinOp> = new Map(
  descriptors.flatMap(({ signature, tensors }: Pick<OpDescriptor<Op>, 'signature'> & { readonly tensors: unknown }) => {
    if (!signature) return [];
    const params = Object.entries(signature.params).map(
      ([name, param]): BuiltinParam => ({ ...param, name, required: !param.otherwise, doc: docOf(param) }),
    );
    const { tensors: takes } = signature;
    const tensorNames = typeof takes === 'object' ? takes : takes === 1 ? ['x'] : [];
    return [[signature.name, { ...signature, params, tensorNames, ownsTensors: tensors !== 'none' }] as const];
  }),
);

/** A parameter, and its default where a call leaves it open. */
export function docOf({ doc, otherwise }: Param<unknown>): string {
  if (!otherwise) return doc;
  return `${doc} ${'convention' in otherwise ? 'Default: the convention.' : `Default: ${otherwise.text ?? otherwise.value}.`}`;
}

/** A function of the language: the kind of its arguments, and their minimum and maximum number. */
export interface BuiltinFunction {
  readonly takes: 'numbers' | 'list';
  readonly min: number;
  readonly max: number;
  /** One line of Markdown. */
  readonly doc: string;
}

const overNumbers = (min: number, max: number, doc: string): BuiltinFunction => ({ takes: 'numbers', min, max, doc });

export const builtinFunctions: ReadonlyMap<string, BuiltinFunction> = new Map([
  ['round', overNumbers(1, 2, 'round(x, m = 1): the nearest multiple of m, halves up, at least m.')],
  ['round_filters', overNumbers(1, 2, 'round_filters(x, m = 8): round(x, m), plus m where that is below 0.9 x.')],
  ['ceil', overNumbers(1, 1, 'The next whole number up.')],
  ['floor', overNumbers(1, 1, 'The next whole number down.')],
  ['min', overNumbers(1, 16, 'The least of its arguments.')],
  ['max', overNumbers(1, 16, 'The greatest of its arguments.')],
  ['len', { takes: 'list', min: 1, max: 1, doc: 'len(list): how many elements a list has.' }],
]);

/** What scaling gives to models: `d(n)` repeats, `w(n)` filters, `r(n)` resolution. */
export const scalingFunctions: ReadonlyMap<string, string> = new Map([
  ['d', 'd(n): n repeats at this depth; ceil(n * d) unless `scaling` states otherwise.'],
  ['w', 'w(n): n filters at this width; round_filters(n * w, 8) unless `scaling` states otherwise.'],
  ['r', 'r(n): n pixels at this resolution; round(n * r) unless `scaling` states otherwise.'],
]);

export const activations: ReadonlySet<string> = new Set(activationNames);
export const paddings: ReadonlySet<string> = new Set(['same', 'symmetric', 'valid', 'default']);
export const interpolations: ReadonlySet<string> = new Set([...interpolationNames, ...pictureInterpolations]);

/** Whether a name is taken by the language. */
export function isBuiltinName(name: string): boolean {
  return [builtinOps, builtinFunctions, activations, paddings, interpolations].some((names) => names.has(name));
}
