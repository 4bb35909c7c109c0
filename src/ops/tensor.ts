import type { Shape } from './shape.ts';

/**
 * How the values of a tensor are initialised: all the same, normal around 0, or uniform between `-bound` and `bound`.
 */
export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number };

/** A tensor that an op owns: a parameter, or a statistic that training moves. */
export interface OwnTensor {
  /** `value`: named by the path itself, for a learned tensor that is a step. */
  readonly role: 'weight' | 'bias' | 'running_mean' | 'running_var' | 'value';
  /** Convolution `[out, in / groups, kh, kw]`, linear `[out, in]`, a learned map `[C, H, W]`, else `[C]`. */
  readonly shape: Shape;
  /** False for running statistics, which no gradient moves. */
  readonly trainable: boolean;
  /** Whether weight decay applies to it. */
  readonly decays: boolean;
  readonly initial: Initial;
}

export const zeros: Initial = { kind: 'constant', value: 0 };
export const ones: Initial = { kind: 'constant', value: 1 };

/** The weight of an affine op, which decays, and its bias where it has one. Weight decay applies to both, as in the reference code. */
export function affineTensors(weight: Shape, initial: Initial, bias: boolean): OwnTensor[] {
  const [out = 0] = weight;
  const trained = { trainable: true, decays: true };
  const own: OwnTensor = { role: 'weight', shape: weight, ...trained, initial };
  return bias ? [own, { role: 'bias', shape: [out], ...trained, initial: zeros }] : [own];
}

/** The weight and bias of a norm, one number for each channel: 1 and 0 at first. They do not decay. */
export function scaleAndShift(channels: number): OwnTensor[] {
  const trained = { shape: [channels], trainable: true, decays: false };
  return [
    { role: 'weight', ...trained, initial: ones },
    { role: 'bias', ...trained, initial: zeros },
  ];
}
