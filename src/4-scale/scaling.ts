import type { Span } from '../source.ts';
import type { Preprocessing } from './preprocessing.ts';

/** How a network is chosen from its family. All optional: without any, the defaults of the file hold. */
export interface ScalingRequest {
  /** A row of `variants`, by name. */
  readonly variant?: string;
  /** The compound coefficient; a row that names it wins over the formula, see `rule`. */
  readonly phi?: number;
  /** Forces the formula or the published row where phi could mean both. */
  readonly rule?: 'published' | 'formula';
  /** Factors given by hand; they win over row and formula. */
  readonly d?: number;
  readonly w?: number;
  readonly r?: number;
  /** Short for `set.resolution`; height and width where the input is not square. */
  readonly resolution?: number | readonly [height: number, width: number];
  /**
   * `classes: '10'`, `image: '[1, 224, 224]'`, `'stages.2.kernel': '5'`: values in the language, by parameter, by input (its
   * shape) or by cell.
   */
  readonly set?: Readonly<Record<string, string>>;
  /** Overrides the model's own convention. */
  readonly convention?: 'tf' | 'torch';
  /** What differs from `convention`. */
  readonly conventionSettings?: Partial<ConventionSettings>;
  /**
   * The conventions that the weights to load were trained under, by the path of the model that takes them; '' is the network's own.
   */
  readonly sources?: Readonly<Record<string, SourceConvention>>;
  /** How pictures become the input: as requested, and as for the training of the weights to load. */
  readonly preprocessing?: Preprocessing;
  readonly weightsPreprocessing?: Preprocessing;
}

/** What weights of some source were trained under. */
export interface SourceConvention {
  readonly name: 'tf' | 'torch';
  readonly settings: Partial<ConventionSettings>;
  /** How the pictures that they saw became an input. */
  readonly preprocessing?: Preprocessing;
}

/** Where a number came from. */
export type Origin = 'default' | 'formula' | 'variant' | 'override';

export type FactorName = 'd' | 'w' | 'r';

export const factorNames: readonly FactorName[] = ['d', 'w', 'r'];

export interface Factor {
  readonly value: number;
  readonly origin: Origin;
  /** `variant b5`, `1.2 ^ phi at phi 5`, `--d`: for people. */
  readonly source: string;
}

/** A parameter of the model at this point of the family. */
export interface ParamValue {
  readonly name: string;
  /** As it would be written: `224`, `[3, 4, 6, 3]`, `Bottleneck`, `silu`. */
  readonly text: string;
  readonly origin: Origin;
  readonly source: string;
  readonly span: Span;
  /** The sentence of the rule that made it, `224 x r 2.011 = 450.5, rounded`; empty where it was written down. */
  readonly trace: string;
}

/** One point of a family: its d, w and r, and which row or formula set them. */
export interface ScalingPoint {
  readonly model: string;
  readonly variant?: string;
  readonly phi?: number;
  readonly d: Factor;
  readonly w: Factor;
  readonly r: Factor;
  readonly params: readonly ParamValue[];
  readonly convention: ConventionPoint;
  /** Where phi has both a published row and a formula: the values of the unused one, parameter by parameter. */
  readonly alternative?: { readonly rule: 'published' | 'formula'; readonly values: Readonly<Record<string, number>> };
}

export interface ConventionPoint extends ConventionSettings {
  readonly name: 'tf' | 'torch';
  readonly origin: Origin;
  /** Settings from the enclosing calls, which also apply to nested models. */
  readonly given?: Partial<ConventionSettings>;
}

export interface ConventionSettings {
  /** What `same` or `symmetric` padding, epsilon, momentum and so on are after the model's own overrides. */
  readonly padding: 'same' | 'symmetric';
  readonly epsilon: number;
  /** The share of the running average that a step keeps (TensorFlow's meaning; PyTorch's is 1 minus it). */
  readonly momentum: number;
  readonly countPad: boolean;
}
