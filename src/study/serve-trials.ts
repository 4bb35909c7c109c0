import { BackendUnavailable } from '../backends/backend.ts';
import { trainTrial } from './train-trial.ts';
import type { FromTrial, ToTrial, TrialJob } from './trial-job.ts';

/** How often progress is told, in milliseconds. */
const interval = 200;

/** What a child process does: trains what it is sent, one network after the other, until its parent is gone or ends it. */
export function serveTrials(): void {
  const controller = new AbortController();
  const tell = (message: FromTrial) => void process.send?.(message);
  let last: Promise<void> = Promise.resolve();
  // the terminal sends Ctrl-C to the children too: the parent decides
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => {});
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToTrial) => {
    if (message.kind === 'stop') controller.abort();
    else last = last.then(() => serve(message.id, message.job, controller.signal, tell));
  });
}

async function serve(
  id: number,
  job: TrialJob,
  signal: AbortSignal,
  tell: (message: FromTrial) => void,
): Promise<void> {
  let told = 0;
  try {
    const result = await trainTrial(job, {
      signal,
      progress(done, accuracy) {
        if (performance.now() - told < interval) return;
        told = performance.now();
        tell({ kind: 'progress', id, done, ...(accuracy !== undefined && { accuracy }) });
      },
    });
    tell(result ? { kind: 'result', id, result } : { kind: 'stopped', id });
  } catch (e) {
    const { message, stack } = e as Error;
    const known = e instanceof BackendUnavailable || ['FileError', 'DataError'].includes((e as Error).name);
    const advice = e instanceof BackendUnavailable ? e.advice : undefined;
    tell({
      kind: 'broken',
      id,
      message: known ? message : (stack ?? message),
      ...(advice !== undefined && { advice }),
    });
  }
}
