import { option, words } from '../../diagnostics/words.ts';
import { augmentationFor } from '../augment/recipe.ts';
import type { Dataset, LoaderOptions, SplitName } from '../data/types.ts';
import { parseProgression, sizeOfEpoch } from '../progressive.ts';
import { RunError } from '../run-error.ts';
import type { ResolvedSettings } from '../settings.ts';
import type { NetworkImage } from './classified-network.ts';

/** What evaluation and training images have in common. */
export function plainLoaderOptions(
  { channels, size, preprocessing }: NetworkImage,
  batchSize: number,
  workers: number | undefined,
): LoaderOptions {
  return { batchSize, size, channels, ...preprocessing, ...(workers !== undefined && { workers }) };
}

/** How training images are prepared. @throws RunError for class weights that cannot be read. */
export function trainLoaderOptions(plain: LoaderOptions, { look }: Dataset, settings: ResolvedSettings): LoaderOptions {
  const weights = classWeights(settings['class-weights']);
  return {
    ...plain,
    size: sizes(plain, settings),
    seed: settings.seed,
    training: true,
    sampling: settings.balanced ? 'balanced' : 'shuffled',
    ...(weights && { classWeights: weights }),
    labelSmoothing: settings['label-smoothing'],
    mixup: settings.mixup,
    cutmix: settings.cutmix,
    augment: augmentationFor(look, settings),
  };
}

/** How validation images are prepared: at the epoch's training size. */
export function validationLoaderOptions(plain: LoaderOptions, settings: ResolvedSettings): LoaderOptions {
  return { ...plain, size: sizes(plain, settings), training: false };
}

/** The split that a run is validated on: its validation images, or the test images where there are none. */
export function validationSplit({ splits }: Dataset): SplitName | undefined {
  return splits.validation ? 'validation' : splits.test ? 'test' : undefined;
}

function sizes({ size }: LoaderOptions, { progressive, epochs }: ResolvedSettings): LoaderOptions['size'] {
  if (progressive === undefined) return size;
  const progression = parseProgression(progressive);
  return (epoch) => sizeOfEpoch(progression, epoch, epochs);
}

function classWeights(text: string | undefined): LoaderOptions['classWeights'] {
  if (text === undefined || text === 'balanced') return text;
  const weights = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (weights.every((weight) => weight >= 0 && Number.isFinite(weight))) return weights;
  throw new RunError(
    words`${option('class-weights')} takes 'balanced' or one number per class, separated by commas, not '${text}'`,
    { setting: 'class-weights' },
  );
}
