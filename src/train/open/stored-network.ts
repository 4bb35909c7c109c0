import { resolve } from 'node:path';
import type { Network } from '../../compile-spec.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import type { Dataset } from '../data/types.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { openRunNetwork, type RunNetwork } from '../run/run-network.ts';
import { RunError } from '../run-error.ts';
import { compileNetwork, type TellDiagnostics } from './compile-network.ts';
import { imagesOf, openTrainingData } from './plan-run.ts';

/** A run as stated by its folder, and its network. */
export interface StoredNetwork extends RunNetwork {
  readonly network: Network;
}

/** Reads a run's folder and builds its network. */
export function openStoredNetwork(folder: RunFolder, tell: TellDiagnostics): StoredNetwork {
  const run = openRunNetwork(folder);
  return { ...run, network: compileNetwork(run.spec, run.request, tell) };
}

/** The data of a run. @param moved where they are now. @throws RunError if they have changed since the beginning. */
export async function openRunData(
  { config, network }: StoredNetwork,
  moved: string | undefined,
  cwd: string,
): Promise<Dataset> {
  const { settings, classes, images } = config;
  const path = moved === undefined ? config.data : resolve(cwd, moved);
  const dataset = await openTrainingData(path, network, settings);
  const now = imagesOf(dataset);
  const problem =
    dataset.classes.join('\0') !== classes.join('\0')
      ? 'its classes differ'
      : now.train !== images.train || now.validation !== images.validation
        ? `it has ${now.train} ${nounFor(now.train, 'image')} for training and ${now.validation} for validation, no longer ${images.train} and ${images.validation}`
        : now.digest !== images.digest
          ? 'names or labels of images differ'
          : undefined;
  if (problem === undefined) return dataset;
  dataset.close();
  throw new RunError(`'${path}' has changed since the run began: ${problem}`, { setting: 'data' });
}
