import type { Graph } from '../../5-graph/graph.ts';
import { createLoader } from '../data/create-loader.ts';
import type { Dataset, Loader } from '../data/types.ts';
import { runLength } from '../loop/run-length.ts';
import type { ResolvedSettings } from '../settings.ts';
import { imageOf } from './classified-network.ts';
import { plainLoaderOptions, trainLoaderOptions, validationLoaderOptions, validationSplit } from './loader-options.ts';

export interface RunLoaders {
  readonly train: Loader;
  readonly validation?: Loader;
}

/**
 * The loaders of a run. No thread starts before the first epoch.
 * @throws RunError or DataError for settings that the data do not allow.
 */
export function openLoaders(
  dataset: Dataset,
  graph: Graph,
  settings: ResolvedSettings,
  workers: number | undefined,
): RunLoaders {
  const plain = plainLoaderOptions(imageOf(graph), settings.batch, workers);
  const train = createLoader(dataset, 'train', trainLoaderOptions(plain, dataset, settings));
  runLength(settings, train);
  const split = validationSplit(dataset);
  if (split === undefined) return { train };
  return { train, validation: createLoader(dataset, split, validationLoaderOptions(plain, settings)) };
}

/** Ends their threads. */
export async function closeLoaders({ train, validation }: RunLoaders): Promise<void> {
  await train.close();
  await validation?.close();
}
