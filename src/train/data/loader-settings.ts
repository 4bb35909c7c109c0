import type { ChannelOrder, Interpolation } from '../../4-scale/preprocessing.ts';
import { defaultNormalisation } from '../../5-graph/preprocessing.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import type { Augmentation } from '../augment/augment.ts';
import { recipeFor } from '../augment/recipe.ts';
import { defaultWorkers } from './thread-pool.ts';
import { DataError, type Dataset, type ImageSize, type LoaderOptions, type Split, type SplitName } from './types.ts';

/** `LoaderOptions` checked, with every default put in. */
export interface LoaderSettings {
  readonly batchSize: number;
  readonly sizeOf: (epoch: number) => readonly [height: number, width: number];
  readonly seed: number;
  readonly channels: 1 | 3;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly channelOrder: ChannelOrder;
  readonly shuffle: boolean;
  /** Whether a last batch of a single image is left out. */
  readonly dropSingle: boolean;
  readonly balanced: boolean;
  /** `[K]`. */
  readonly classWeights: Float32Array;
  readonly labelSmoothing: number;
  readonly mixup: number;
  readonly cutmix: number;
  /** Absent if images are not augmented. */
  readonly augmentation?: Augmentation;
  readonly crop?: number;
  readonly interpolation: Interpolation;
  readonly workers: number;
  readonly prefetch: number;
  readonly maxCorrupt: number;
}

/** Checks the options of a loader and fills in the rest. @throws DataError if a value is invalid. */
export function loaderSettings(
  dataset: Dataset,
  name: SplitName,
  split: Split,
  options: LoaderOptions,
): LoaderSettings {
  const training = options.training ?? name === 'train';
  const channels = options.channels ?? dataset.channels;
  const preset = defaultNormalisation[channels];
  const { mean = preset.mean, std = preset.std, size } = options;
  const settings: LoaderSettings = {
    batchSize: options.batchSize,
    sizeOf: (epoch) => sizePair(typeof size === 'function' ? size(epoch) : size),
    seed: options.seed ?? 0,
    channels,
    mean,
    std,
    channelOrder: options.channelOrder ?? 'rgb',
    shuffle: training,
    dropSingle: training,
    balanced: training && options.sampling === 'balanced',
    classWeights: weightsOfClasses(dataset.classes.length, split, training ? options.classWeights : undefined),
    labelSmoothing: training ? (options.labelSmoothing ?? 0) : 0,
    mixup: training ? (options.mixup ?? 0) : 0,
    cutmix: training ? (options.cutmix ?? 0) : 0,
    augmentation: training ? augmentation(dataset, options) : undefined,
    ...(options.crop !== undefined && { crop: options.crop }),
    interpolation: options.interpolation ?? 'bicubic',
    workers: options.workers ?? defaultWorkers(),
    prefetch: options.prefetch ?? 2,
    maxCorrupt: corruptLimit(split.count, options.maxCorrupt),
  };
  check(settings, split, name);
  return settings;
}

function augmentation({ look }: Dataset, { augment = {} }: LoaderOptions): Augmentation {
  const recipe = recipeFor(look);
  return {
    crop: augment.crop ?? recipe.crop,
    flip: augment.flip ?? recipe.flip,
    policy: augment.policy,
    erasing: augment.erasing ?? 0,
  };
}

function weightsOfClasses(classes: number, split: Split, weights: LoaderOptions['classWeights']): Float32Array {
  if (weights === undefined) return new Float32Array(classes).fill(1);
  if (weights !== 'balanced') {
    if (weights.length !== classes) {
      throw new DataError(
        `there ${nounFor(weights.length, 'is', 'are')} ${weights.length} class ${nounFor(weights.length, 'weight')}, but the data have ${classes} ${nounFor(classes, 'class', 'classes')}.`,
      );
    }
    if (!weights.every((weight) => weight >= 0 && Number.isFinite(weight))) {
      throw new DataError(`class weights are numbers from 0; they are ${weights.join(', ')}.`);
    }
    return Float32Array.from(weights);
  }
  const counts = new Float64Array(classes);
  for (const label of split.labels) counts[label] = (counts[label] as number) + 1;
  return Float32Array.from(counts, (count) => (count === 0 ? 0 : split.count / (classes * count)));
}

function corruptLimit(count: number, limit: number | undefined): number {
  if (limit === undefined) return Math.max(10, Math.floor(count / 100));
  return limit < 1 ? Math.floor(limit * count) : limit;
}

function sizePair(size: ImageSize): readonly [number, number] {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  const whole = [height, width].every((n) => Number.isInteger(n) && n >= 1 && n <= 8192);
  if (!whole)
    throw new DataError(`an image size is a whole number of pixels from 1 to 8192; it is ${height} x ${width}.`);
  return [height, width];
}

function check(settings: LoaderSettings, split: Split, name: SplitName): void {
  const { batchSize, channels, mean, std, labelSmoothing, mixup, cutmix, workers, prefetch, augmentation } = settings;
  const need = (holds: boolean, message: Words, setting?: string) => {
    if (!holds) throw new DataError(message, setting === undefined ? {} : { setting });
  };
  const wholeFrom = (least: number, n: number) => Number.isInteger(n) && n >= least;
  const share = (n: number) => n >= 0 && n <= 1;
  need(wholeFrom(1, batchSize), `the batch size is a whole number from 1; it is ${batchSize}.`);
  need(wholeFrom(1, workers), `the number of workers is a whole number from 1; it is ${workers}.`);
  need(wholeFrom(0, prefetch), `the number of batches ahead is a whole number from 0; it is ${prefetch}.`);
  need(settings.maxCorrupt >= 0, `the limit of unreadable images is a number from 0; it is ${settings.maxCorrupt}.`);
  need(
    settings.crop === undefined || (settings.crop > 0 && settings.crop <= 1),
    `the crop keeps a share of the shorter side, above 0 and at most 1; it is ${settings.crop}.`,
  );
  need(
    mean.length === channels && std.length === channels && std.every((n) => n > 0),
    `the mean and the standard deviation take ${channels} ${nounFor(channels, 'number')} each, the latter above 0.`,
  );
  need(
    labelSmoothing >= 0 && labelSmoothing < 1,
    `label smoothing is at least 0 and below 1; it is ${labelSmoothing}.`,
  );
  need(
    mixup >= 0 && cutmix >= 0,
    `the alphas of mixup and cutmix are numbers from 0; they are ${mixup} and ${cutmix}.`,
  );
  if (augmentation) {
    const { flip, erasing, crop, policy } = augmentation;
    need(share(flip) && share(erasing), `flipping and erasing take shares of 0 to 1; they are ${flip} and ${erasing}.`);
    need(crop.kind !== 'shift' || share(crop.share), 'a shift takes a share of the side, 0 to 1.');
    need(
      crop.kind !== 'resized' || [crop.scale, crop.ratio].every(([low, high]) => low > 0 && low <= high),
      'the scale and the ratio of a crop are two numbers above 0 each, the smaller one first.',
    );
    need(crop.kind !== 'resized' || crop.scale[1] <= 1, 'the scale of a crop is a share of the area, 1 at most.');
    need(
      policy?.kind !== 'rand' || (wholeFrom(0, policy.operations) && policy.magnitude >= 0 && policy.magnitude <= 30),
      'RandAugment takes a whole number of operations and a magnitude of 0 to 30.',
    );
  }
  need(
    !settings.dropSingle || split.count >= batchSize,
    words`the split '${name}' has ${split.count} ${nounFor(split.count, 'image')}, fewer than the batch of ${batchSize}. Choose a ${option('batch')} of ${split.count} or less.`,
    'batch',
  );
}
