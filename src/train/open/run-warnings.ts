import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import { formatExact } from '../../report/format-number.ts';
import { type ClassCount, classCountsWarnings } from '../data/class-counts.ts';
import type { Dataset } from '../data/types.ts';
import { runLength, warmupWarning } from '../loop/run-length.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { RunLoaders } from './open-loaders.ts';

/** The share of the images that an epoch may leave out without a warning. */
const fewLeftOut = 0.02;

/** What a run's user should know and would otherwise miss, one text each. */
export function runWarnings(
  { settings, images }: RunConfig,
  dataset: Dataset,
  counts: readonly ClassCount[],
  { train }: RunLoaders,
): Words[] {
  const leftOut = images.train - train.images;
  const warmup = warmupWarning(settings, runLength(settings, train));
  return [
    ...dataset.warnings,
    ...classCountsWarnings(counts, settings.balanced || settings['class-weights'] !== undefined),
    ...(leftOut > fewLeftOut * images.train
      ? [
          words`${leftOut} of ${formatExact(images.train)} images ${nounFor(leftOut, 'is', 'are')} left out of each epoch: it would form a separate batch, from which batch norms learn nothing; another ${option('batch')} includes it`,
        ]
      : []),
    ...(warmup === undefined ? [] : [warmup]),
  ];
}
