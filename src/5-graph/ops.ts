import type { ActivationName } from '../2-resolve/builtins.ts';

/**
 * The closed op set. Shape inference, cost, each target: all are tables over `OpKind`, so that an op without an
 * entry does not compile. Layout is a target's business; here a tensor is `[C, H, W]` or `[C]`, the batch left out.
 */

export type { ActivationName };

/** Rows or columns added before and after: top, left, bottom, right. Negative takes away. */
export interface Pads {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How a window moves over height and width; pads are already those of the input's size. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: Pads;
}

export type Op =
  | { readonly kind: 'input'; readonly name: string }
  | {
      /** weight `[filters, inChannels / groups, kernel, kernel]`, bias `[filters]` */
      readonly kind: 'conv';
      readonly filters: number;
      readonly window: Window;
      readonly groups: number;
      readonly bias: boolean;
    }
  | {
      /** weight (gamma), bias (beta), running_mean, running_var: `[C]` each. `momentum` is the share of the old average that stays. */
      readonly kind: 'batchNorm';
      readonly epsilon: number;
      readonly momentum: number;
    }
  | { readonly kind: 'activation'; readonly fn: ActivationName }
  | { readonly kind: 'globalAvgPool' }
  | { readonly kind: 'maxPool'; readonly window: Window }
  | { readonly kind: 'avgPool'; readonly window: Window; readonly countPad: boolean }
  | {
      /** weight `[units, features]`, bias `[units]`; flattens its input */
      readonly kind: 'linear';
      readonly units: number;
      readonly bias: boolean;
    }
  | { readonly kind: 'dropout'; readonly rate: number }
  | {
      /** Stochastic depth: drops the whole branch of a sample with probability `rate` while training (Huang et al. 2016). */
      readonly kind: 'dropPath';
      readonly rate: number;
    }
  | { readonly kind: 'add' }
  | { readonly kind: 'mul' }
  | { readonly kind: 'concat' }
  | { readonly kind: 'split'; readonly parts: number }
  | { readonly kind: 'channelShuffle'; readonly groups: number }
  | { readonly kind: 'pad'; readonly pads: Pads }
  /** Converts to the type of its node. No spec asks for one: passes put them in. */
  | { readonly kind: 'cast' };

export type OpKind = Op['kind'];
export type OpOf<K extends OpKind> = Extract<Op, { kind: K }>;
