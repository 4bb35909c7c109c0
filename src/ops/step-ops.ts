import type { Activation } from './activations.ts';
import type { Resampling, Resizing } from './interpolation.ts';
import type { GroupStatistics, LocalResponse } from './sample-norms.ts';
import type { Pads, Window } from './window.ts';

/**
 * The closed op set of a training step: the parts of a network's ops in training, and their gradients. A
 * runtime is one table over `StepOpKind` (TensorFlow's nodes in `6-emit/tfjs/saved-model/`, tfjs-core's calls in
 * `backends/eager/`), so that an op without an entry does not compile.
 *
 * Shapes are logical, as in `Op`: `[C, H, W]` or `[C]` after the batch, convolution weights `[out, in / groups, kh, kw]`,
 * linear weights `[out, in]`. A runtime may hold them in a different order; for its inputs and outputs see `StepFunction`.
 */
export type StepOp =
  /** What is fed at each run: images, targets, a learning rate. */
  | { readonly kind: 'input'; readonly name: string }
  /** The value of a variable before the step's updates. */
  | { readonly kind: 'variable'; readonly name: string }
  /**
   * x, and any value: x, once that value is computed. Results computed from it are no earlier, and are not merged with
   * earlier ones computed from x: see `5-graph/training/recompute.ts`.
   */
  | { readonly kind: 'after' }
  /** x, weight. */
  | { readonly kind: 'conv'; readonly window: Window; readonly groups: number }
  /** dy, weight; gives the gradient of x, of shape `shape` after the batch. */
  | {
      readonly kind: 'convGradInput';
      readonly window: Window;
      readonly groups: number;
      readonly shape: readonly number[];
    }
  /** x, dy; gives the gradient of the weight, of shape `shape`. */
  | {
      readonly kind: 'convGradWeight';
      readonly window: Window;
      readonly groups: number;
      readonly shape: readonly number[];
    }
  /** x, weight `[1, 1, k]`, k odd: along the channels of each pixel, zeros beyond the first and the last. */
  | { readonly kind: 'channelConv' }
  /** dy, weight. */
  | { readonly kind: 'channelConvGradInput' }
  /** x, dy; gives the gradient of the weight, of shape `shape`. */
  | { readonly kind: 'channelConvGradWeight'; readonly shape: readonly number[] }
  /** x, bias `[C]`. */
  | { readonly kind: 'addBias' }
  /** dy; gives its sum per channel, over batch and space. */
  | { readonly kind: 'biasGrad' }
  /**
   * Batch normalisation by the batch's own statistics. x, gamma, beta. Gives y; the batch's mean; its variance with
   * Bessel's correction, n / max(n - 1, 1), for the running average (as in TensorFlow's FusedBatchNorm and PyTorch);
   * and what the gradient needs, without a meaningful shape (`[]`), which only a `batchNormGrad` reads.
   */
  | { readonly kind: 'batchNorm'; readonly epsilon: number }
  /** x, gamma, beta, and mean and variance as a `batchNorm` of x gives them: its y again. */
  | { readonly kind: 'batchNormAgain'; readonly epsilon: number }
  /** dy, x, gamma, what the forward node kept. Gives the gradients of x, gamma, beta. */
  | { readonly kind: 'batchNormGrad'; readonly epsilon: number }
  /** Batch normalisation by fixed statistics: x, gamma, beta, mean, variance. */
  | { readonly kind: 'normalise'; readonly epsilon: number }
  /** dy, gamma, variance: the gradient of x, statistics fixed. */
  | { readonly kind: 'normaliseGrad'; readonly epsilon: number }
  /** x. */
  | ({ readonly kind: 'activation' } & Activation)
  /** dy, and what `gradientReads` names: the activation's input or its output. */
  | ({ readonly kind: 'activationGrad' } & Activation)
  /** Normalisation by the statistics of each sample: x, gamma, beta. */
  | ({ readonly kind: 'groupNorm' } & GroupStatistics)
  /** dy, x, gamma. Gives the gradients of x, gamma, beta. */
  | ({ readonly kind: 'groupNormGrad' } & GroupStatistics)
  /** x `[C, H, W]`. */
  | ({ readonly kind: 'localResponseNorm' } & LocalResponse)
  /** dy, x, y. */
  | ({ readonly kind: 'localResponseNormGrad' } & LocalResponse)
  /** x; the channels of each pixel, or a vector, over their Euclidean length, which is taken to be `epsilon` at least. */
  | { readonly kind: 'unitLength'; readonly epsilon: number }
  /** dy, x. */
  | { readonly kind: 'unitLengthGrad'; readonly epsilon: number }
  /** x; gives `[C, 1, 1]`. */
  | { readonly kind: 'globalAvgPool' }
  /** dy; the gradient of an x of shape `shape`. */
  | { readonly kind: 'globalAvgPoolGrad'; readonly shape: readonly number[] }
  /** x; gives `[1, H, W]`. */
  | { readonly kind: 'channelMean' }
  /** dy; the gradient of an x of shape `shape`. */
  | { readonly kind: 'channelMeanGrad'; readonly shape: readonly number[] }
  /** x; gives `[C, 1, 1]` over space, `[1, H, W]` over channels. */
  | { readonly kind: 'max'; readonly over: 'space' | 'channels' }
  /** dy, x, y; shared evenly by those that are greatest, as in TensorFlow and JAX. */
  | { readonly kind: 'maxGrad'; readonly over: 'space' | 'channels' }
  | { readonly kind: 'maxPool'; readonly window: Window }
  /** dy, x, y. */
  | { readonly kind: 'maxPoolGrad'; readonly window: Window }
  | { readonly kind: 'avgPool'; readonly window: Window; readonly countPad: boolean }
  /** dy; the gradient of an x of shape `shape`. */
  | {
      readonly kind: 'avgPoolGrad';
      readonly window: Window;
      readonly countPad: boolean;
      readonly shape: readonly number[];
    }
  /** q `[C, H, W]`, k `[C, H', W']`, v `[C', H', W']`; gives `[C', H, W]`: see `kinds/attend.ts`. */
  | { readonly kind: 'attend'; readonly heads: number }
  /** dy, q, k, v; gives the gradients of q, k and v. */
  | { readonly kind: 'attendGrad'; readonly heads: number }
  /** `[C, H, W]` to `[C * H * W]`, channels first. */
  | { readonly kind: 'flatten' }
  /** Back to `shape`. */
  | { readonly kind: 'unflatten'; readonly shape: readonly number[] }
  /** x `[in]`, weight `[out, in]`. */
  | { readonly kind: 'linear' }
  /** dy, weight. */
  | { readonly kind: 'linearGradInput' }
  /** x, dy. */
  | { readonly kind: 'linearGradWeight' }
  /**
   * noise `[K]` of uniform numbers in (0, 1). Where a number is at least `rate` gives 1 / (1 - rate), else 0; everything
   * is 0 at rate 1. Reads `shape`'s elements from `offset` on, in the order of a channels-last tensor, `[H, W, C]`. The
   * shape is `[1, 1, 1]` or `[1]` where whole samples are dropped.
   */
  | { readonly kind: 'mask'; readonly rate: number; readonly offset: number; readonly shape: readonly number[] }
  /** The product of two; each may have ones where the other has sizes. */
  | { readonly kind: 'mul' }
  /** The first over the second; each may have ones where the other has sizes. */
  | { readonly kind: 'div' }
  /** The sum of any number; each may have ones where others have sizes. */
  | { readonly kind: 'add' }
  /** x scale + offset. */
  | { readonly kind: 'rescale'; readonly scale: number; readonly offset: number }
  /** x to the power of `exponent`. */
  | { readonly kind: 'power'; readonly exponent: number }
  /** dy, x, y; gives dy exponent y / x, and 0 where x is 0. */
  | { readonly kind: 'powerGrad'; readonly exponent: number }
  /** The sum over the axes that are 1 in `shape` and not in x; it gives `shape`. */
  | { readonly kind: 'sumTo'; readonly shape: readonly number[] }
  /** A variable of the shape `shape`, and any x: the variable, for each of x's samples. */
  | { readonly kind: 'toSamples'; readonly shape: readonly number[] }
  /** dy; its sum over the batch, of the shape `shape`: the gradient of such a variable. */
  | { readonly kind: 'sumSamples'; readonly shape: readonly number[] }
  /** Along channels. */
  | { readonly kind: 'concat' }
  /** Channels `from` to before `to`. */
  | { readonly kind: 'slice'; readonly from: number; readonly to: number }
  /** x; zeros of the shape `shape` behind x's batch. */
  | { readonly kind: 'zeros'; readonly shape: readonly number[] }
  /** `[g * n, H, W]` as `[n * g, H, W]`. Its gradient is itself with n groups. */
  | { readonly kind: 'channelShuffle'; readonly groups: number }
  /** Zeros around; negative takes away. */
  | { readonly kind: 'pad'; readonly pads: Pads }
  /** x, of `rows.from` x `columns.from`: another height and width. See `interpolation.ts`. */
  | {
      readonly kind: 'upsample';
      readonly mode: Resampling;
      readonly rows: Resizing;
      readonly columns: Resizing;
    }
  /** dy, of `rows.to` x `columns.to`; the gradient of x. */
  | {
      readonly kind: 'upsampleGrad';
      readonly mode: Resampling;
      readonly rows: Resizing;
      readonly columns: Resizing;
    }
  /**
   * Any number of values of any shapes; gives `[3]`: the least number in them, the greatest, and 1. Of an average of such, the
   * first two over the third are the average extremes, however many it has seen: see `fakeQuantize`.
   */
  | { readonly kind: 'valueRange' }
  /**
   * x, a range `[3]` (least, most, weight). x rounded to 8 bits: clamped to the range, which is widened so that 0 is a whole number
   * of steps, and rounded to the nearest of 256 steps. x itself where the range is empty: its weight is 0.
   */
  | { readonly kind: 'fakeQuantize' }
  /** dy, x, range: dy where x rounds to a step of the range, 0 beyond (the straight-through estimator). */
  | { readonly kind: 'fakeQuantizeGrad' }
  /**
   * weight `[out, ...]` rounded to symmetric int8: each filter in 255 steps, its largest number being 127 of them. As nothing is
   * clipped, the gradient of the straight-through estimator is the gradient itself. `layout` is that of the weight's variable.
   */
  | { readonly kind: 'fakeQuantizeFilters'; readonly layout: 'conv' | 'depthwise' | 'linear' }
  /**
   * logits `[K]`, targets `[K]` (a distribution, smoothed or mixed by the caller). Gives the cross-entropy per sample,
   * `[]` after the batch, and its gradient by the logits, `[K]`.
   */
  | { readonly kind: 'softmaxCrossEntropy' }
  /**
   * logits, targets, gamma (a scalar). Lin et al. 2017 for soft targets: the sum over classes of
   * -t (1 - p)^gamma log p. Gives the loss per sample and its gradient by the logits.
   */
  | { readonly kind: 'focalLoss' }
  /** one value per sample, one weight per sample: the sum of their products over the batch's size, times `factor`; a scalar. */
  | { readonly kind: 'weightedMean'; readonly factor: number }
  /** x `[K]`, one weight per sample: each sample times its weight and `factor`, over the batch's size. */
  | { readonly kind: 'scaleSamples'; readonly factor: number }
  /** Any number of tensors without batch; the Euclidean norm of all their elements together, a scalar. */
  | { readonly kind: 'globalNorm' }
  /** norm, limit (scalars): min(1, limit / norm); 1 where the limit is 0. */
  | { readonly kind: 'clipFactor' }
  /** x without batch, a scalar. */
  | { readonly kind: 'scale' }
  /** x, y without batch, a scalar a: x + a y. */
  | { readonly kind: 'addScaled' }
  /** x; 1 where all its elements are finite, else 0; a scalar. */
  | { readonly kind: 'isFinite' };

export type StepOpKind = StepOp['kind'];
export type StepOpOf<K extends StepOpKind> = Extract<StepOp, { kind: K }>;
