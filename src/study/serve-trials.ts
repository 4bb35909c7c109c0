import { BackendUnavailable } from '../backends/backend.ts';
import { writeTextAtomically } from '../node/atomic-file.ts';
import type { RunConfig } from '../train/run/run-config.ts';
import type { TrialControl } from './train-trial.ts';
import type { FromTrial, ToTrial, TrialJob } from './trial-job.ts';
import type { TrialResult } from './trial-log.ts';

/** How often progress is reported, in milliseconds. */
const interval = 200;

/** How a child process handles messages. */
export interface TrialWork {
  train(job: TrialJob, control: TrialControl): Promise<TrialResult | undefined>;
  check(job: TrialJob, images: RunConfig['images']): Promise<string | undefined>;
}

/**
 * What a child process does: trains what it is sent, one network after the other, until its parent ends it. If the parent is gone,
 * the training under way finishes its step and leaves a checkpoint, so that nothing is lost for whoever continues it.
 */
export function serveTrials(work: TrialWork): void {
  const controller = new AbortController();
  const tell = (message: FromTrial) => {
    if (process.connected) process.send?.(message, () => {});
  };
  let last: Promise<void> = Promise.resolve();
  // the terminal sends Ctrl-C to the children too: the parent decides
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => {});
  process.on('disconnect', () => {
    controller.abort();
    void last.finally(() => process.exit(0));
  });
  process.on('message', (message: ToTrial) => {
    if (message.kind === 'stop') controller.abort();
    else last = last.then(() => serve(message, work, controller.signal, tell));
  });
}

async function serve(
  message: Exclude<ToTrial, { kind: 'stop' }>,
  work: TrialWork,
  signal: AbortSignal,
  tell: (message: FromTrial) => void,
): Promise<void> {
  const { id, job } = message;
  let told = 0;
  try {
    if (message.kind === 'check') {
      const problem = await work.check(job, message.images);
      tell({ kind: 'checked', id, ...(problem !== undefined && { problem }) });
      return;
    }
    const result = await work.train(job, {
      signal,
      progress(done, accuracy) {
        if (performance.now() - told < interval) return;
        told = performance.now();
        tell({ kind: 'progress', id, done, ...(accuracy !== undefined && { accuracy }) });
      },
    });
    if (result && job.spool !== undefined) writeTextAtomically(job.spool, JSON.stringify(result));
    tell(result ? { kind: 'result', id, result } : { kind: 'stopped', id });
  } catch (e) {
    const { message: text, stack } = e as Error;
    const known = e instanceof BackendUnavailable || ['FileError', 'DataError'].includes((e as Error).name);
    const advice = e instanceof BackendUnavailable ? e.advice : undefined;
    tell({ kind: 'broken', id, message: known ? text : (stack ?? text), ...(advice !== undefined && { advice }) });
  }
}
