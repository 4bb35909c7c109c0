import { join, resolve } from 'node:path';
import { openBackend } from '../../backends/open.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import {
  createNumberedRun,
  createRun,
  readRun,
  removeLeftovers,
  requireRun,
  rewriteConfig,
  writeRun,
} from '../../train/run/run-folder.ts';
import { lockRun } from '../../train/run/run-lock.ts';
import { type Arguments, flag, number, text } from '../arguments.ts';
import type { RunCommand } from '../commands.ts';
import { type Io, usageError } from '../io.ts';
import { globalOptions } from '../options.ts';
import { resumeOptions } from '../train-options.ts';
import { explained } from '../training/explained.ts';
import { jumpsOf, lengthenRun } from '../training/lengthen-run.ts';
import { openLoaders } from '../training/open-loaders.ts';
import { openRun, openRunData, openRunSpec, runFolder } from '../training/open-run.ts';
import { planRun } from '../training/plan-run.ts';
import { backendRequest, runTraining } from '../training/run-training.ts';
import { openStartWeights } from '../training/start-weights.ts';
import { trainedNetwork } from '../training/trained-network.ts';

/** `enetc train [spec] --data DIR`, `enetc train --resume RUN` */
export const trainCommand: RunCommand = (args, io) =>
  explained(() => {
    widenThreadPool(number(args, 'workers'));
    return flag(args, 'resume') ? resumeRun(args, io) : newRun(args, io);
  });

async function newRun(args: Arguments, io: Io): Promise<number> {
  const { config, copy, name, network, dataset } = await planRun(args, io);
  const closing = [dataset.close];
  try {
    // What can be wrong is found out before there is a folder.
    trainedNetwork(network, config.settings, args, io);
    const loaders = openLoaders(dataset, network.graph, config.settings, args);
    const weights = openStartWeights(network, config.weights, config.settings.seed, args, io);
    closing.push(weights.close);
    const backend = await openBackend(backendRequest(args, config.backend), io);
    closing.push(backend.close);
    const out = text(args, 'out');
    const folder = out === undefined ? createNumberedRun(io.cwd, name) : createRun(resolve(io.cwd, out), out);
    closing.push(lockRun(folder));
    writeRun(folder, config, copy);
    const run = { folder, ...readRun(folder), spec: openRunSpec(folder, config), network };
    return await runTraining(run, dataset, loaders, backend, () => weights.source, args, io);
  } finally {
    for (const close of closing.reverse()) close();
  }
}

async function resumeRun(args: Arguments, io: Io): Promise<number> {
  const allowed = new Set(['epochs', ...[...resumeOptions, ...globalOptions].map((option) => option.name)]);
  const other = [...args.values.keys()].find((option) => !allowed.has(option));
  if (other !== undefined) {
    const run = text(args, 'resume');
    throw usageError(
      `--${other} cannot stand beside --resume: a run keeps its settings, but for --epochs, which makes it longer. A new one can start from its weights: --weights ${join(run as string, 'last.safetensors')}`,
      'train',
    );
  }
  if (args.operands.length > 0) throw usageError('--resume takes no spec: a run has its own', 'train');
  const shown = text(args, 'resume') as string;
  const folder = runFolder(shown, io);
  requireRun(folder);
  // Before the configuration is read: whoever has the lock may make the run longer.
  const closing = [lockRun(folder)];
  try {
    removeLeftovers(folder);
    const run = openRun(shown, args, io);
    const longer = lengthenRun(run, args);
    const { config, network } = longer?.run ?? run;
    const dataset = await openRunData(run, args, io);
    closing.push(dataset.close);
    const backend = await openBackend(backendRequest(args, config.backend), io);
    closing.push(backend.close);
    const start = () => {
      const weights = openStartWeights(network, config.weights, config.settings.seed, args, io);
      closing.push(weights.close);
      return weights.source;
    };
    const loaders = openLoaders(dataset, network.graph, config.settings, args);
    if (longer) {
      for (const jump of jumpsOf(longer.position, run.config.settings, config.settings, loaders)) {
        io.stderr.write(`warning: ${jump}\n`);
      }
      // The last thing before the first step: what fails before leaves the run as it was.
      rewriteConfig(folder, config);
    }
    return await runTraining(longer?.run ?? run, dataset, loaders, backend, start, args, io);
  } finally {
    for (const close of closing.reverse()) close();
  }
}
