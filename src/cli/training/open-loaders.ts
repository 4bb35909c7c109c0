import type { Graph } from '../../5-graph/graph.ts';
import { createLoader } from '../../train/data/create-loader.ts';
import type { Dataset, Loader } from '../../train/data/types.ts';
import { runLength } from '../../train/loop/run-length.ts';
import type { ResolvedSettings } from '../../train/settings.ts';
import { type Arguments, number } from '../arguments.ts';
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
export function openLoaders(dataset: Dataset, graph: Graph, settings: ResolvedSettings, args: Arguments): RunLoaders {
  const plain = plainLoaderOptions(imageOf(graph), settings.batch, number(args, 'workers'));
  const train = createLoader(dataset, 'train', trainLoaderOptions(plain, settings));
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
