import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OutOfMemoryError } from '../backends/runner.ts';
import { nodeHost } from '../node/host.ts';
import type { Spec } from '../node/open-spec.ts';
import { decodeSource } from '../source.ts';
import { openRun, planRun, type Run, RunError, startRun, type TrainEvent } from '../train/api.ts';
import { DataError } from '../train/data/types.ts';
import { readRecords } from '../train/metrics/read-records.ts';
import type { EpochRecord } from '../train/metrics/run-log.ts';
import { readRun } from '../train/run/run-folder.ts';
import { holdRun, waitUntilFree } from './run-holder.ts';
import type { TrialJob } from './trial-job.ts';
import type { TrialResult } from './trial-log.ts';

export interface TrialControl {
  readonly signal: AbortSignal;
  /** @param done epochs, including the fraction of the current one */
  progress(done: number, accuracy: number | undefined): void;
}

/**
 * Trains a network to a number of epochs, or continues its training from its checkpoint.
 * @returns undefined where the signal stopped it: it left a checkpoint
 * @throws DataError, BackendUnavailable and FileError, which would stop every other network too
 */
export async function trainTrial(job: TrialJob, control: TrialControl): Promise<TrialResult | undefined> {
  const start = performance.now();
  const seconds = () => Math.round(performance.now() - start) / 1000;
  try {
    const done = await train(job, control);
    if (!done) return undefined;
    const accuracies = accuraciesOf(job);
    return { state: done, accuracy: Math.max(0, ...accuracies), accuracies, seconds: seconds() };
  } catch (e) {
    if (e instanceof DataError || !(e instanceof RunError || e instanceof OutOfMemoryError)) throw e;
    return { state: 'failed', accuracy: 0, accuracies: [], reason: e.message, seconds: seconds() };
  }
}

async function train(job: TrialJob, { signal, progress }: TrialControl): Promise<'trained' | 'stopped' | undefined> {
  const early = new AbortController();
  let accuracy: number | undefined;
  const onEvent = (event: TrainEvent) => {
    if (event.kind === 'step') progress(event.epoch + event.stepInEpoch / event.stepsPerEpoch, accuracy);
    if (event.kind !== 'epoch') return;
    accuracy = Math.max(accuracy ?? 0, accuracyOf(event));
    progress(event.epoch + 1, accuracy);
    if (isBelow(job, event.epoch, accuracy)) early.abort();
  };
  if (!(await waitUntilFree(job.out, signal))) return undefined;
  const run = await open(job, onEvent);
  const held = holdRun(job.out);
  try {
    const { finished } = await run.train({ signal: AbortSignal.any([signal, early.signal, held.lost]) });
    if (finished) return 'trained';
    return early.signal.aborted ? 'stopped' : undefined;
  } finally {
    held.release();
    await run.close();
  }
}

/** After the last epoch there is nothing left to save. */
function isBelow({ stopBelow, epochs }: TrialJob, epoch: number, accuracy: number): boolean {
  return epoch + 1 < epochs && accuracy < (stopBelow[epoch] ?? 0);
}

async function open(job: TrialJob, onEvent: (event: TrainEvent) => void): Promise<Run> {
  const { out, backend, data, network, epochs, settings } = job;
  const common = { backend, data, workers: 1 };
  if (existsSync(join(out, 'config.json'))) {
    const { config } = readRun({ path: out, shown: out });
    const longer = epochs > config.settings.epochs;
    return openRun(out, { ...common, ...(longer && { epochs }) }, { onEvent });
  }
  // killed before it had a configuration
  rmSync(out, { recursive: true, force: true });
  const plan = await planRun(
    { ...common, spec: openNetwork(job), network, settings: { ...settings, epochs } },
    { onEvent },
  );
  return startRun(plan, { out }, { onEvent });
}

/** The network's spec, whose imports come from the job's `root`. */
export function openNetwork({ spec, root }: TrialJob): Spec {
  return { ...decodeSource(spec, readFileSync(spec)), host: nodeHost(root, root) };
}

function accuraciesOf({ out, epochs }: TrialJob): number[] {
  const records = readRecords(out).filter((record): record is EpochRecord => record.kind === 'epoch');
  return records.filter(({ epoch }) => epoch < epochs).map(accuracyOf);
}

/** By the better of the validated weights: those that the run keeps as its best. */
function accuracyOf({ validation: { averages, raw } }: EpochRecord): number {
  return Math.max(averages?.accuracy ?? 0, raw?.accuracy ?? 0);
}
