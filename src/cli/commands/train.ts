import { join, resolve } from 'node:path';
import { openBackend } from '../../backends/open.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { createNumberedRun, createRun, readRun, removeLeftovers, writeRun } from '../../train/run/run-folder.ts';
import { lockRun } from '../../train/run/run-lock.ts';
import { type Arguments, flag, number, text } from '../arguments.ts';
import type { RunCommand } from '../commands.ts';
import { type Io, usageError } from '../io.ts';
import { globalOptions } from '../options.ts';
import { resumeOptions } from '../train-options.ts';
import { explained } from '../training/explained.ts';
import { openLoaders } from '../training/open-loaders.ts';
import { openRun, openRunData, openRunSpec } from '../training/open-run.ts';
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
  const allowed = new Set([...resumeOptions, ...globalOptions].map((option) => option.name));
  const other = [...args.values.keys()].find((option) => !allowed.has(option));
  if (other !== undefined) {
    const run = text(args, 'resume');
    throw usageError(
      `--${other} cannot stand beside --resume: a run keeps its settings. A new one can start from its weights: --weights ${join(run as string, 'last.safetensors')}`,
      'train',
    );
  }
  if (args.operands.length > 0) throw usageError('--resume takes no spec: a run has its own', 'train');
  const run = openRun(text(args, 'resume') as string, args, io);
  const { folder, config, network } = run;
  const closing = [lockRun(folder)];
  try {
    removeLeftovers(folder);
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
    return await runTraining(run, dataset, loaders, backend, start, args, io);
  } finally {
    for (const close of closing.reverse()) close();
  }
}
