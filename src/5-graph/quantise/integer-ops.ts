import type { Op } from '../../ops/ops.ts';
import type { QuantisedType } from '../value-type.ts';

/**
 * The type of an op's result where the op computes on integers: one with its own range (`own`), its input's (`read`), one shared by
 * its result and all inputs (`shared`), or a fixed one. `between` stays in float32, but runtimes that find it between integer values
 * compute it on integers anyway.
 */
export type IntegerForm = 'own' | 'read' | 'shared' | 'between' | QuantisedType;

/**
 * What a target computes on integers in addition to convolutions, linear layers, sums, and ops that only move the elements of one value.
 * The types of a quantised graph follow from it (`quantise/layout.ts`).
 */
export interface IntegerOps {
  /**
   * Whether a layer with an int8 weight can give float32 directly. Where it cannot, its result is always rounded, even before its
   * activation.
   */
  readonly givesFloats: boolean;
  /** How many values a sum or a product takes at once: more are added in turn, and intermediate sums have no range. */
  readonly terms: number;
  /** Undefined for ops that compute only in float32. */
  formOf(op: Op): IntegerForm | undefined;
}
