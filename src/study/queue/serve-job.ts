import { basename } from 'node:path';
import type { Job } from 'bullmq';
import { RunError } from '../../train/run-error.ts';
import type { TrialResult } from '../trial-log.ts';
import { type JoinedStudy, keyOf, workerName } from './joined-study.ts';
import { type QueuedProgress, type QueuedResult, readTrial } from './messages.ts';
import { isRefusal, type Reachability, untilAnswered } from './until-answered.ts';
import type { WorkerEvent } from './worker-events.ts';

/** How often the progress of a training is published, in milliseconds. */
const progressInterval = 1000;

export interface JobControl {
  /** Stops the training, which leaves a checkpoint. */
  readonly signal: AbortSignal;
  readonly lockMs: number;
  readonly reachability: Reachability;
  onEvent(event: WorkerEvent): void;
}

/**
 * Does a training that was taken from the queue, and delivers its result. A child process trains; this one only renews its claim on
 * the job. If it is too late, another process takes the job as well, waits for the run, and finds it done. @param trained called
 * when the training has ended, and this machine has room for another while the result is delivered @returns why no other training
 * of the study could be done here either; undefined where nothing is known about that
 */
export async function serveJob(
  study: JoinedStudy,
  job: Job,
  token: string,
  control: JobControl,
  trained: () => void,
): Promise<string | undefined> {
  const { signal, lockMs, reachability, onEvent } = control;
  const key = keyOf(job);
  const renewal = setInterval(() => void job.extendLock(token, lockMs).catch(() => {}), lockMs / 3);
  const leave = () =>
    refusalIgnored(untilAnswered(() => job.moveToWait(token), AbortSignal.timeout(2000), reachability));
  try {
    const known = await untilAnswered(() => study.results.getJob(key), signal, reachability);
    if (!known) {
      const trial = readTrial(job.data);
      if (typeof trial === 'string') return `a training of it is damaged: ${trial}`;
      const network = basename(trial.spec, '.enet');
      onEvent({ kind: 'started', study: study.name, network, epochs: trial.epochs });
      const result = signal.aborted ? undefined : await train(study, job, key, trial);
      trained();
      if (!result) {
        await leave();
        onEvent({ kind: 'returned', study: study.name, network });
        return undefined;
      }
      onEvent({ kind: 'ended', study: study.name, network, result });
      if (!(await deliver(study, key, result, control))) return undefined;
    }
    await refusalIgnored(untilAnswered(() => job.moveToCompleted('', token, false), signal, reachability));
    return undefined;
  } catch (e) {
    if (!(e instanceof RunError)) throw e;
    await leave();
    return e.message;
  } finally {
    clearInterval(renewal);
  }
}

function train(
  study: JoinedStudy,
  job: Job,
  key: string,
  trial: Exclude<ReturnType<typeof readTrial>, string>,
): Promise<TrialResult | undefined> {
  let told = Number.NEGATIVE_INFINITY;
  return study.pool.run(study.jobOf(key, trial), (done, accuracy) => {
    if (performance.now() - told < progressInterval) return;
    told = performance.now();
    const progress: QueuedProgress = { done, ...(accuracy !== undefined && { accuracy }), worker: workerName };
    void job.updateProgress(progress).catch(() => {});
  });
}

/**
 * Sends a result to the server: the first under a key stays. Until it arrives, it is kept in the spool, from where a later
 * process delivers it. @returns whether it has arrived
 */
export async function deliver(
  { results, spool }: JoinedStudy,
  key: string,
  result: TrialResult,
  { signal, reachability }: Pick<JobControl, 'signal' | 'reachability'>,
): Promise<boolean> {
  const data: QueuedResult = { result, worker: workerName };
  const added = await untilAnswered(() => results.add('result', data, { jobId: key }), signal, reachability);
  if (!added) return false;
  spool.remove(key);
  return true;
}

/** A job that this process has lost in the meantime belongs to another. */
async function refusalIgnored(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (e) {
    if (!isRefusal(e)) throw e;
  }
}
