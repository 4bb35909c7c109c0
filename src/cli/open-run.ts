import { resolve } from 'node:path';
import type { CompileOptions } from '../compile.ts';
import { commandLineWords } from '../diagnostics/words.ts';
import type { Spec } from '../node/open-spec.ts';
import { bestWeights, openRunNetwork } from '../train/run/run-network.ts';
import { RunError } from '../train/run-error.ts';
import { flag } from './arguments.ts';
import { askedPreprocessing } from './asked-preprocessing.ts';
import type { Arguments } from './command.ts';
import { failure, type Io, usageError } from './io.ts';
import { classes, map, scalingOptions } from './options.ts';

/** What a training run has made: its network, the names of its classes, and its best weights. */
export interface OpenedRun {
  readonly spec: Spec;
  readonly request: CompileOptions;
  readonly labels: readonly string[];
  /** The path of their file. */
  readonly weights: string;
}

/** Throws a usage error for options that ask for another network than a run's or a file's. @param except one that may be given */
export function refuseScaling(args: Arguments, except?: string): void {
  const other = [...scalingOptions, classes, map].find(({ name }) => name !== except && flag(args, name));
  if (!other) return;
  throw usageError(
    `--${other.name} cannot be given with a run or a file, which has its own network`,
    args.command.name,
  );
}

/** Reads a run's folder. Options may change how pictures become its input. */
export function openRun(folder: string, args: Arguments, io: Io): OpenedRun {
  refuseScaling(args);
  try {
    const run = openRunNetwork({ path: resolve(io.cwd, folder), shown: folder });
    const preprocessing = { ...run.request.preprocessing, ...askedPreprocessing(args) };
    const request = { ...run.request, preprocessing };
    return { spec: run.spec, request, labels: run.config.classes, weights: bestWeights(run.folder) };
  } catch (e) {
    if (e instanceof RunError) throw failure(commandLineWords(e.words));
    throw e;
  }
}
