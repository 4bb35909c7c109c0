import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { nodeHost } from '../../node/host.ts';
import { decodeSource } from '../../source.ts';
import { openDataset } from '../../train/data/open-dataset.ts';
import type { Dataset } from '../../train/data/types.ts';
import type { RunConfig } from '../../train/run/run-config.ts';
import { type RunFolder, readRun, specFolder } from '../../train/run/run-folder.ts';
import { RunError } from '../../train/run-error.ts';
import { type Arguments, text } from '../arguments.ts';
import type { Network } from '../build-network.ts';
import type { Io } from '../io.ts';
import type { Spec } from '../spec.ts';
import { imageOf } from './classified-network.ts';
import { imagesOf } from './plan-run.ts';
import { compileNetwork } from './trained-network.ts';

/** A run that there is: what its folder says, and its network. */
export interface OpenedRun {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  /** See `configHashes`. */
  readonly hashes: readonly [string, ...string[]];
  readonly spec: Spec;
  readonly network: Network;
}

/** A run's folder as the user calls it. */
export function runFolder(shown: string, io: Io): RunFolder {
  return { path: resolve(io.cwd, shown), shown };
}

/** Opens a run's folder as the user calls it. */
export function openRun(shown: string, args: Arguments, io: Io): OpenedRun {
  const folder = runFolder(shown, io);
  const { config, hashes } = readRun(folder);
  const spec = openRunSpec(folder, config);
  return { folder, config, hashes, spec, network: compileNetwork(spec, config.network, args, io) };
}

/** The data of a run, where `--data` does not say that they have moved. @throws RunError where they are others. */
export async function openRunData({ config, network }: OpenedRun, args: Arguments, io: Io): Promise<Dataset> {
  const { settings, classes, images } = config;
  const moved = text(args, 'data');
  const path = moved === undefined ? config.data : resolve(io.cwd, moved);
  const dataset = await openDataset(path, {
    seed: settings.seed,
    channels: imageOf(network.graph).channels,
    ...(settings.validation !== undefined && { validation: settings.validation }),
  });
  const now = imagesOf(dataset);
  const problem =
    dataset.classes.join('\0') !== classes.join('\0')
      ? 'its classes are others'
      : now.train !== images.train || now.validation !== images.validation
        ? `it has ${now.train} ${nounFor(now.train, 'image')} to train on and ${now.validation} to validate with, no longer ${images.train} and ${images.validation}`
        : now.digest !== images.digest
          ? 'images have other names or labels'
          : undefined;
  if (problem === undefined) return dataset;
  dataset.close();
  throw new RunError(`'${path}' has changed since the run began: ${problem}`);
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
  const { source, valid } = decodeSource(file, bytes);
  return { source, valid, marked: false, host: nodeHost(root, root) };
}
