import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Network } from '../../compile-spec.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { nodeHost } from '../../node/host.ts';
import type { Spec } from '../../node/open-spec.ts';
import { decodeSource } from '../../source.ts';
import type { Dataset } from '../data/types.ts';
import type { RunConfig } from '../run/run-config.ts';
import { type RunFolder, readRun, specFolder } from '../run/run-folder.ts';
import { RunError } from '../run-error.ts';
import { compileNetwork, type TellDiagnostics } from './compile-network.ts';
import { imagesOf, openTrainingData } from './plan-run.ts';

/** A run as its folder states it, and its network. */
export interface StoredNetwork {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  /** See `configHashes`. */
  readonly hashes: readonly [string, ...string[]];
  readonly spec: Spec;
  readonly network: Network;
}

/** Reads a run's folder and builds its network. */
export function openStoredNetwork(folder: RunFolder, tell: TellDiagnostics): StoredNetwork {
  const { config, hashes } = readRun(folder);
  const spec = openRunSpec(folder, config);
  return { folder, config, hashes, spec, network: compileNetwork(spec, config.network, tell) };
}

/** The data of a run. @param moved where they are now. @throws RunError if they differ from those of the beginning. */
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

/** The run's own copy of its spec. */
export function openRunSpec({ path, shown }: RunFolder, { spec }: RunConfig): Spec {
  const root = join(path, specFolder);
  const file = join(root, spec);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new RunError(`the run's spec '${join(shown, specFolder, spec)}' cannot be read`);
  }
  return { ...decodeSource(file, bytes), host: nodeHost(root, root) };
}
