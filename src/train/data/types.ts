import type { ChannelOrder, Interpolation } from '../../4-scale/preprocessing.ts';
import type { Words } from '../../diagnostics/words.ts';
import type { AugmentOptions } from '../augment/options.ts';
import type { Look } from '../augment/recipe.ts';
import { RunError } from '../run-error.ts';

/** A problem with the data or the options for it, for users: what was looked for and what was found. */
export class DataError extends RunError {
  override readonly name = 'DataError';
}

export type SplitName = 'train' | 'validation' | 'test';
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/** Where the bytes of one image are. Plain data, since it goes to the loader's workers. */
export type Locator =
  | { readonly kind: 'file'; readonly path: string }
  /** Bytes at an offset of a file: gray or red, green, blue; `planar` where the colours are one plane after the other. */
  | {
      readonly kind: 'record';
      readonly path: string;
      readonly offset: number;
      readonly width: number;
      readonly height: number;
      readonly channels: 1 | 3;
      readonly planar: boolean;
    };

/** A decoded image: rows from the top, channels last, 8 bits per channel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export interface Split {
  readonly count: number;
  /** The class of each image, `[count]`. */
  readonly labels: Int32Array;
  locate(index: number): Locator;
  /** Display name of the image: a path within the data's folder, or a file and a number in it. */
  nameOf(index: number): string;
}

/** A set of labelled images. Only labels and positions are in memory; the images stay on disk. */
export interface Dataset {
  readonly kind: 'folders' | 'csv' | 'idx' | 'cifar10' | 'cifar100';
  /** The folder or file that it was opened from. */
  readonly path: string;
  readonly classes: readonly string[];
  /** 1 for gray images. Files of pictures count as 3 unless the options say otherwise. */
  readonly channels: 1 | 3;
  /** Known for packed images from their format, for pictures from a sample. */
  readonly look: Look;
  readonly splits: Readonly<Partial<Record<SplitName, Split>>>;
  /** What is skipped in the data, for users. */
  readonly warnings: readonly Words[];
  /**
   * One image as stored, in the set's channels, turned upright by its EXIF data.
   * @throws DataError if it cannot be read or decoded.
   */
  read(split: SplitName, index: number): Promise<Pixels>;
  /** Removes what was unpacked for it. */
  close(): void;
}

export interface DatasetOptions {
  /** For the hold-out: 0 by default. */
  readonly seed?: number;
  /**
   * The share of the training images, class by class, that is held out for validation where the data name no
   * validation split. By default 0.1, or 0 where there is a test split.
   */
  readonly validation?: number;
  /** Reads pictures in gray where 1: 3 by default. Has no effect on IDX and CIFAR sets. */
  readonly channels?: 1 | 3;
  /** The classes that a network distinguishes, in its order: the data may have fewer, but no others. */
  readonly classes?: readonly string[];
}

/** Height and width, or one number for both. In pixels. */
export type ImageSize = number | readonly [height: number, width: number];

export interface LoaderOptions {
  readonly batchSize: number;
  /** The size of the network's input; one per epoch for progressive resizing. */
  readonly size: ImageSize | ((epoch: number) => ImageSize);
  /** The seed of the order and of every augmentation: 0 by default. */
  readonly seed?: number;
  /**
   * The channels of the network's input: those of the set by default. Gray becomes colour by repeating, colour gray by
   * luma.
   */
  readonly channels?: 1 | 3;
  /**
   * Subtracted from values of 0 to 1, and dividing them: one number per channel. By default ImageNet's for colour
   * (0.485 0.456 0.406, 0.229 0.224 0.225) and 0.5, 0.5 for gray.
   */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** The channel order of images, means and deviations: red first by default. */
  readonly channelOrder?: ChannelOrder;
  /**
   * Shuffled, augmented, a last batch of one image left out: by default for the split `train` and for no other. Where it is
   * false, `sampling`, `augment`, `mixup`, `cutmix` and `labelSmoothing` have no effect.
   */
  readonly training?: boolean;
  /**
   * `balanced` draws each image's class uniformly, then one of its images, both with replacement. `shuffled` by default.
   */
  readonly sampling?: 'shuffled' | 'balanced';
  /** `balanced` gives class k the weight images / (classes * images of k). By default 1 each. */
  readonly classWeights?: 'balanced' | readonly number[];
  /** The share that is spread over all classes: 0 by default. */
  readonly labelSmoothing?: number;
  /** Alpha of mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019): 0, off, by default. With both, each batch draws one. */
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly augment?: AugmentOptions;
  /** Evaluation: the share of the shorter side that the centre crop keeps; `evaluationFraming` decides by default. */
  readonly crop?: number;
  /** How images are resized: bicubic by default. */
  readonly interpolation?: Interpolation;
  /** Threads that decode: one fewer than the machine's cores by default, at least one. */
  readonly workers?: number;
  /** Batches that are prepared ahead: 2 by default. */
  readonly prefetch?: number;
  /** How many images may be unreadable: a number, or a share below 1 of the split. By default 1 %, but at least 10. */
  readonly maxCorrupt?: number;
}

/** Every array belongs to the receiver. */
export interface Batch {
  /** Its number within the epoch, from 0. */
  readonly index: number;
  /** N, height, width, channels. */
  readonly shape: readonly [number, number, number, number];
  /** `[N, H, W, C]`, normalised. */
  readonly images: Float32Array;
  /** `[N, K]`: each row sums to 1, with label smoothing, mixup and cutmix in it. */
  readonly targets: Float32Array;
  /** `[N]`: the class of each image before any mixing. */
  readonly labels: Int32Array;
  /** `[N]`: the class's weight; 0 for an image that could not be read, whose pixels are zeros. */
  readonly weights: Float32Array;
  /** `[N]`: each image's index in its split. */
  readonly indices: Int32Array;
  /** The images of this batch that could not be read. */
  readonly skipped: readonly SkippedImage[];
}

export interface SkippedImage {
  readonly index: number;
  readonly name: string;
  readonly reason: string;
}

export interface Loader {
  /** Batches in each epoch. */
  readonly batches: number;
  /** Images per epoch that are part of a batch. */
  readonly images: number;
  /** Every image that could not be read so far, by its index. */
  readonly corrupt: ReadonlyMap<number, SkippedImage>;
  /**
   * The batches of an epoch, from a batch on. The same seed, epoch and number give the same batch, whatever came before
   * and however many workers there are. Leaving the loop early is fine. One epoch at a time.
   * @throws DataError if more images are unreadable than the limit allows, or a worker ends.
   */
  epoch(epoch: number, fromBatch?: number): AsyncIterable<Batch>;
  /** Ends the workers. */
  close(): Promise<void>;
}
