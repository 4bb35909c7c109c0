/**
 * Training as a library, exported as `enetc/train`: plan a run, start it or open an existing one, train, resume, evaluate.
 *
 * Progress is reported to a callback rather than through an async iterable: a run does not depend on a reader, each event is delivered before the run continues, in the state that it reports, and no queue grows where a reader is slow.
 *
 * Any number of runs can follow each other in a process, and several can be open or under way at the same time; each has its own folder. They share the engine and the cores, so that parallel runs are no faster than successive ones.
 */

import type { CommonOptions, RunControl } from './open/common-options.ts';
import { type EvaluateOptions, type EvaluationResult, evaluateNetwork } from './open/evaluate-network.ts';
import { openRun as openStoredRun, type ResumeOptions, startRun as startPlannedRun } from './open/open-run.ts';
import { planRun as plan, type RunOptions, type RunPlan } from './open/plan-run.ts';
import type { Run, RunOutcome } from './open/run-handle.ts';

export { BackendUnavailable } from '../backends/backend.ts';
export type { OptionName, Words } from '../diagnostics/words.ts';
export { FileError } from '../node/system-errors.ts';
export type { ClassCount } from './data/class-counts.ts';
export { DataError } from './data/types.ts';
export type { StepEvent, TrainEvent, WarningEvent } from './events.ts';
export type { Evaluation } from './loop/evaluate.ts';
export type { EpochRecord } from './metrics/run-log.ts';
export type { WeightsOptions } from './open/start-weights.ts';
export type { RunConfig } from './run/run-config.ts';
export { RunError, SettingError } from './run-error.ts';
export type { ResolvedSettings, Settings } from './settings.ts';
export type {
  CommonOptions,
  EvaluateOptions,
  EvaluationResult,
  ResumeOptions,
  Run,
  RunControl,
  RunOptions,
  RunOutcome,
  RunPlan,
};

/**
 * Reads spec, data, weights and settings of a new run, and checks whether they fit. Nothing is written.
 * @throws RunError (SettingError, DataError) and FileError for what does not fit; `setting` names the option.
 */
export function planRun(options: RunOptions, control: RunControl = {}): Promise<RunPlan> {
  return plan(options, control.onEvent);
}

/**
 * Makes the folder of a planned run, which this process then holds, and opens the backend.
 * @param options `out`: the folder; the next free one of `runs/NAME-1`, `runs/NAME-2` and so on by default.
 * @throws RunError if the folder is not free, BackendUnavailable.
 */
export function startRun(
  plan: RunPlan,
  options: { readonly out?: string | undefined } = {},
  control: RunControl = {},
): Promise<Run> {
  return startPlannedRun(plan, options.out, control);
}

/**
 * Opens the run of a folder to continue it, at its newest checkpoint. This process holds the folder until the run is closed.
 * @throws RunError if there is no run, another process holds it, or its data have changed; DataError,
 * BackendUnavailable.
 */
export function openRun(folder: string, options: ResumeOptions = {}, control: RunControl = {}): Promise<Run> {
  return openStoredRun(folder, options, control);
}

/**
 * Trains a new run to its end, or until the signal is aborted: then `finished` is false, and `resume` continues.
 * @throws what `planRun`, `startRun` and `Run.train` throw.
 */
export async function train(
  options: RunOptions & { readonly out?: string | undefined },
  control: RunControl = {},
): Promise<RunOutcome> {
  return trained(await startRun(await planRun(options, control), options, control));
}

/**
 * Continues the run in a folder from its newest checkpoint, to the same weights, bit for bit, as without the interruption.
 * @throws what `openRun` and `Run.train` throw.
 */
export async function resume(
  folder: string,
  options: ResumeOptions = {},
  control: RunControl = {},
): Promise<RunOutcome> {
  return trained(await openRun(folder, options, control));
}

/**
 * Runs a network over labelled images: a run's best weights, or a spec with weights.
 * @throws RunError, DataError, FileError, BackendUnavailable; the signal's reason where it is aborted.
 */
export function evaluate(options: EvaluateOptions, control: RunControl = {}): Promise<EvaluationResult> {
  return evaluateNetwork(options, control);
}

async function trained(run: Run): Promise<RunOutcome> {
  try {
    return await run.train();
  } finally {
    await run.close();
  }
}
