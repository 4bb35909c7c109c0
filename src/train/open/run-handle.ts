import type { Backend } from '../../backends/backend.ts';
import type { Network } from '../../compile-spec.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import { type ClassCount, classCounts } from '../data/class-counts.ts';
import type { Dataset, SplitName } from '../data/types.ts';
import { type Report, type TrainEvent, warning } from '../events.ts';
import type { TrainingOutcome } from '../loop/task.ts';
import { train } from '../loop/train.ts';
import type { RunConfig } from '../run/run-config.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { imageOf } from './classified-network.ts';
import { type Close, closeAll } from './close-all.ts';
import type { RunControl } from './common-options.ts';
import { compileNetwork, tellOnce, trainedNetwork } from './compile-network.ts';
import { validationSplit } from './loader-options.ts';
import type { RunLoaders } from './open-loaders.ts';
import { runWarnings } from './run-warnings.ts';
import type { StoredNetwork } from './stored-network.ts';

/** A run whose folder this process holds, ready to train. */
export interface Run {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  readonly network: Network;
  readonly backend: { readonly name: Backend['name'] | 'pytorch'; readonly description: string };
  /** The images of each class. */
  readonly classes: readonly ClassCount[];
  /** The images that it is validated on; undefined if there are none. */
  readonly validatedOn: SplitName | undefined;
  /**
   * Trains from the run's state to its end, or until the signal is aborted: then the step is finished and a checkpoint written, from which the run continues to the same weights. May be called once. @param control a different signal from the one the run was opened with.
   * @throws RunError if numbers are not finite or memory does not suffice; DataError if too many images are unreadable.
   */
  train(control?: Pick<RunControl, 'signal'>): Promise<RunOutcome>;
  /** Releases the folder. */
  close(): Promise<void>;
}

export interface RunOutcome extends TrainingOutcome {
  readonly folder: RunFolder;
  /** How many images could not be read, and did not count. */
  readonly corrupt: number;
}

interface OpenedParts extends StoredNetwork {
  readonly dataset: Dataset;
  readonly loaders: RunLoaders;
  readonly backend: Backend;
  /** The weights that the run begins with, if it has no checkpoint yet. */
  readonly start: () => Promise<WeightSource>;
  readonly closing: Close[];
}

/** A run from its open parts. Reports what is probably not intended. */
export function createRunHandle(parts: OpenedParts, opened: RunControl): Run {
  const { folder, config, hashes, spec, network, dataset, loaders, backend, start, closing } = parts;
  const { settings } = config;
  const report = opened.onEvent ?? (() => {});
  const validatedOn = validationSplit(dataset);
  const validation = validatedOn && dataset.splits[validatedOn];
  const classes = dataset.splits.train ? classCounts(dataset.classes, dataset.splits.train, validation) : [];
  const tell = tellOnce(report);
  report({ kind: 'data', classes });
  for (const text of runWarnings(config, dataset, classes, loaders)) report(warning(text));
  return {
    folder,
    config,
    network,
    backend,
    classes,
    validatedOn,
    async train({ signal } = opened) {
      const outcome = await train({
        folder,
        config,
        hashes,
        createRunner: backend.createRunner,
        network: (stage) => {
          const { size } = stage;
          const at = size === undefined ? network : compileNetwork(spec, { ...config.network, resolution: size }, tell);
          return trainedNetwork(at, settings, stage, tell);
        },
        start,
        loaders,
        normalisation: imageOf(network.graph).preprocessing,
        nameOf: (index) => validation?.nameOf(index) ?? '',
        report: oncePerImage(report),
        stopped: () => signal?.aborted ?? false,
      });
      const corrupt = loaders.train.corrupt.size + (loaders.validation?.corrupt.size ?? 0);
      return { ...outcome, folder, corrupt };
    },
    close: () => closeAll(closing),
  };
}

/** Every epoch meets the same unreadable images again. */
function oncePerImage(report: Report): Report {
  const reported = new Set<string>();
  return (event: TrainEvent) => {
    if (event.kind === 'skipped') {
      if (reported.has(event.name)) return;
      reported.add(event.name);
    }
    report(event);
  };
}
