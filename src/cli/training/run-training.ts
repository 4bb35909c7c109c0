import type { Backend, BackendRequest } from '../../backends/backend.ts';
import type { Dataset, SkippedImage } from '../../train/data/types.ts';
import type { TrainingOutcome } from '../../train/loop/task.ts';
import { train } from '../../train/loop/train.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import { type Arguments, flag, text } from '../arguments.ts';
import { exitCodes, type Io } from '../io.ts';
import { imageOf } from './classified-network.ts';
import { createJsonScreen } from './json-screen.ts';
import { validationSplit } from './loader-options.ts';
import { closeLoaders, type RunLoaders } from './open-loaders.ts';
import type { OpenedRun } from './open-run.ts';
import { announceRun, reportEnd } from './run-texts.ts';
import { listenForStop } from './stop-signals.ts';
import { createTrainScreen } from './train-screen.ts';
import { compileNetwork, trainedNetwork } from './trained-network.ts';

/** Which backend a run is to be computed on. */
export function backendRequest(args: Arguments, configured: string): BackendRequest {
  return (text(args, 'backend') ?? configured) as BackendRequest;
}

/**
 * Trains a run, whose folder this process has locked, to its end or until a signal stops it.
 * @param start the weights that the run begins with, if it has no checkpoint yet.
 * @returns the command's exit code.
 */
export async function runTraining(
  run: OpenedRun,
  dataset: Dataset,
  loaders: RunLoaders,
  backend: Backend,
  start: () => WeightSource,
  args: Arguments,
  io: Io,
): Promise<number> {
  const { folder, config, hashes, spec, network } = run;
  const { settings } = config;
  const split = validationSplit(dataset);
  const quiet = flag(args, 'quiet') || flag(args, 'json');
  const screen = flag(args, 'json') ? createJsonScreen(io) : createTrainScreen(io, quiet);
  const signals = listenForStop(() => {
    screen.clear();
    io.stderr.write('stopping: this step is finished and a checkpoint written; once more ends at once\n');
  });
  try {
    announceRun(run, dataset, loaders, backend, args, io);
    const outcome: TrainingOutcome = await train({
      folder,
      config,
      hashes,
      createRunner: backend.createRunner,
      network: (size) => {
        const at =
          size === undefined ? network : compileNetwork(spec, { ...config.network, resolution: size }, args, io);
        return trainedNetwork(at, settings, args, io);
      },
      start,
      loaders,
      normalisation: imageOf(network.graph).normalisation,
      nameOf: (index) => (split && dataset.splits[split]?.nameOf(index)) ?? '',
      listener: { ...screen, skipped: oncePerImage(screen.skipped) },
      stopped: () => signals.code() !== undefined,
    });
    screen.clear();
    const corrupt = loaders.train.corrupt.size + (loaders.validation?.corrupt.size ?? 0);
    reportEnd(folder, config, outcome, corrupt, args, io);
    return outcome.finished ? exitCodes.ok : (signals.code() ?? exitCodes.interrupted);
  } finally {
    screen.clear();
    signals.release();
    await closeLoaders(loaders);
  }
}

/** Every epoch meets the same unreadable images again. */
function oncePerImage(say: (image: SkippedImage) => void): (image: SkippedImage) => void {
  const said = new Set<string>();
  return (image) => {
    if (!said.has(image.name)) say(image);
    said.add(image.name);
  };
}
