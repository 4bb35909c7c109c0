import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBackend } from '../../backends/open.ts';
import { option, words } from '../../diagnostics/words.ts';
import { warning } from '../events.ts';
import type { RunEngine } from '../run/run-config.ts';
import {
  createNumberedRun,
  createRun,
  readRun,
  removeLeftovers,
  requireRun,
  rewriteConfig,
  writeRun,
} from '../run/run-folder.ts';
import { lockRun } from '../run/run-lock.ts';
import { openRunSpec } from '../run/run-network.ts';
import { SettingError } from '../run-error.ts';
import { stagesOf } from '../torch/stages-of.ts';
import { requireTorch, torchDevice } from '../torch/torch-place.ts';
import { createTorchRun } from '../torch/torch-run.ts';
import { scriptOf, writeImageList, writeProgram } from '../torch/write-program.ts';
import { type Close, closeAll } from './close-all.ts';
import { type CommonOptions, placeOf, type RunControl } from './common-options.ts';
import { otherSizes, tellOnce } from './compile-network.ts';
import { jumpsOf, lengthenRun } from './lengthen-run.ts';
import { closeLoaders, openLoaders } from './open-loaders.ts';
import type { RunPlan } from './plan-run.ts';
import { createRunHandle, type Run } from './run-handle.ts';
import { openStartWeights } from './start-weights.ts';
import { openRunData, openStoredNetwork, type StoredNetwork } from './stored-network.ts';

/** What may change when a run is resumed: nothing that decides what it computes, except its length. */
export interface ResumeOptions extends CommonOptions {
  /** For a run of PyTorch: the Python that has it; searched for by default. */
  readonly python?: string | undefined;
  /** More epochs than the run has: makes it longer. */
  readonly epochs?: number | undefined;
  /** The new location of the images. */
  readonly data?: string | undefined;
}

/**
 * Makes a new run's folder, which this process then holds, and opens the backend.
 * @param out the folder; the next free one of `runs/NAME-1`, `runs/NAME-2` and so on by default.
 * @throws RunError if the folder is not free, BackendUnavailable.
 */
export async function startRun(plan: RunPlan, out: string | undefined, control: RunControl): Promise<Run> {
  const { config, copy, cwd, env, network, dataset, loaders, weights, torch } = plan;
  const closing: Close[] = [plan.close];
  const makeRun = () => (out === undefined ? createNumberedRun(cwd, plan.name) : createRun(resolve(cwd, out), out));
  try {
    const { engine } = config;
    if (engine && torch) {
      const folder = makeRun();
      // the folder's own script from here on
      const unlock = lockRun(folder);
      try {
        writeProgram(
          folder,
          network,
          weights.source,
          stagesOf(network, config),
          otherSizes(plan.spec, config, () => {}),
        );
        writeImageList(folder, dataset);
        writeRun(folder, config, copy);
      } finally {
        unlock();
      }
      return createTorchRun(
        { folder, config: { ...config, engine }, network, dataset, loaders, place: torch, closing },
        control,
      );
    }
    const backend = await openBackend(config.backend, { cwd, env });
    closing.push(backend.close);
    const folder = makeRun();
    closing.push(lockRun(folder));
    writeRun(folder, config, copy);
    const run = { folder, ...readRun(folder), spec: openRunSpec(folder, config), request: config.network, network };
    return createRunHandle({ ...run, dataset, loaders, backend, start: async () => weights.source, closing }, control);
  } catch (e) {
    await closeAll(closing);
    throw e;
  }
}

/**
 * Opens a run to continue it, at its newest checkpoint. This process holds its folder until the run is closed.
 * @param shown the folder as given by the user.
 * @throws RunError if there is no run, another process holds it, or its data have changed; DataError,
 * BackendUnavailable.
 */
export async function openRun(shown: string, options: ResumeOptions, control: RunControl): Promise<Run> {
  const { epochs, workers } = options;
  const { cwd, env } = placeOf(options);
  const folder = { path: resolve(cwd, shown), shown };
  const tell = tellOnce(control.onEvent);
  requireRun(folder);
  // Before the configuration is read: the holder of the lock may make the run longer.
  const closing: Close[] = [lockRun(folder)];
  try {
    removeLeftovers(folder);
    const before = openStoredNetwork(folder, tell);
    const { engine } = before.config;
    if (engine) return await openTorchRun(before, engine, options, control, closing);
    if (options.python !== undefined)
      throw new SettingError('python', words`${option('python')} is for runs of PyTorch`);
    const longer = epochs === undefined ? undefined : lengthenRun(before, epochs);
    const run = longer?.run ?? before;
    const { config, network } = run;
    const dataset = await openRunData(before, options.data, cwd);
    closing.push(dataset.close);
    const backend = await openBackend(options.backend ?? config.backend, { cwd, env });
    closing.push(backend.close);
    const start = async () => {
      const weights = await openStartWeights(
        network,
        config.weights,
        config.settings.seed,
        config.network.convention,
        tell,
      );
      closing.push(weights.close);
      return weights.source;
    };
    const loaders = openLoaders(dataset, network.graph, config.settings, workers);
    closing.push(() => closeLoaders(loaders));
    if (longer) {
      for (const jump of jumpsOf(longer.position, before.config.settings, config.settings, loaders)) {
        control.onEvent?.(warning(jump));
      }
      // The last thing before the first step: earlier failures leave the run unchanged.
      rewriteConfig(folder, config);
    }
    return createRunHandle({ ...run, dataset, loaders, backend, start, closing }, control);
  } catch (e) {
    await closeAll(closing);
    throw e;
  }
}

/** The same for a run of PyTorch, whose own script takes over the folder. @param closing releases it */
async function openTorchRun(
  run: StoredNetwork,
  engine: RunEngine,
  options: ResumeOptions,
  control: RunControl,
  closing: Close[],
): Promise<Run> {
  const { folder, config, network } = run;
  const { epochs, workers, python, backend = config.backend } = options;
  const { cwd, env } = placeOf(options);
  if (epochs !== undefined) {
    throw new SettingError(
      'epochs',
      words`${option('epochs')} cannot change: PyTorch trains this run, and only runs on a backend can be extended`,
    );
  }
  const place = { python: requireTorch(cwd, env, python), device: torchDevice(backend), workers, cwd, env };
  const dataset = await openRunData(run, options.data, cwd);
  closing.push(dataset.close);
  if (!existsSync(scriptOf(folder))) {
    // a run that was begun by another copy of train.py
    const { settings } = config;
    // the checkpoint replaces them, and what the run started from may be gone
    const own = join(folder.path, 'last.safetensors');
    const weights = existsSync(own) ? { file: own, allowMissing: [] } : config.weights;
    const tell = () => {};
    const start = await openStartWeights(network, weights, settings.seed, config.network.convention, tell);
    closing.push(start.close);
    const asked = { ...network, asked: config.network };
    writeProgram(folder, asked, start.source, stagesOf(network, config), otherSizes(run.spec, config, tell));
  }
  writeImageList(folder, dataset);
  const loaders = openLoaders(dataset, network.graph, config.settings, workers);
  closing.push(() => closeLoaders(loaders));
  closing.shift()?.();
  return createTorchRun({ folder, config: { ...config, engine }, network, dataset, loaders, place, closing }, control);
}
