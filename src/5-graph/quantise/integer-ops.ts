import type { Op } from '../../ops/ops.ts';
import type { QuantisedType } from '../value-type.ts';

/**
 * What an op's result is held in where the op computes on integers: a type of its own range (`own`), that of what it reads (`read`),
 * one that its result and all that it reads share (`shared`), or a fixed one. `between` stays in float32 and is computed on integers
 * all the same by runtimes that find it between what is held so.
 */
export type IntegerForm = 'own' | 'read' | 'shared' | 'between' | QuantisedType;

/**
 * What of a network a target computes on integers, besides convolutions, linear layers and sums, and what only moves the elements of one
 * value. The types of a quantised graph follow from it (`quantise/layout.ts`).
 */
export interface IntegerOps {
  /**
   * Whether a layer with an int8 weight can give float32 at once. Where it cannot, what it gives is rounded in any case, before its
   * activation, too.
   */
  readonly givesFloats: boolean;
  /** How many values a sum or a product takes at once: more are added in turn, and what lies between has no range. */
  readonly terms: number;
  /** Undefined for what computes in float32 alone. */
  formOf(op: Op): IntegerForm | undefined;
}
