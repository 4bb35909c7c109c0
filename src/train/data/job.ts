import type { Preparation } from './prepare-sample.ts';
import type { Locator } from './types.ts';

/**
 * A batch for the workers. Every worker gets it; each takes the next free image, until none is left. A slow image thus delays
 * only one worker, and the training thread need not distribute work while it is busy.
 */
export interface BatchJob {
  readonly kind: 'batch';
  readonly id: number;
  readonly plan: Preparation;
  /** The position in the epoch of the first image. */
  readonly first: number;
  readonly locators: readonly Locator[];
  /** Shared, `[1]`: the next image to take. */
  readonly next: Int32Array;
  /** Shared, `[N, H, W, C]`. */
  readonly pixels: Uint8Array;
}

export type ToWorker = BatchJob | { readonly kind: 'close' };

export interface ReadFailure {
  /** Which image of the batch. */
  readonly slot: number;
  readonly reason: string;
}

export type FromWorker =
  /** A worker's share of a batch is done. */
  | { readonly kind: 'done'; readonly id: number; readonly images: number; readonly failures: readonly ReadFailure[] }
  /** A fault of the program or its installation, not of an image. */
  | { readonly kind: 'fatal'; readonly message: string };
