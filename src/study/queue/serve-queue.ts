import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import { RunError } from '../../train/run-error.ts';
import { type JoinedStudy, joinStudy, keyOf, type WorkerPlace } from './joined-study.ts';
import { type Announcement, readAnnouncement, studiesQueue } from './messages.ts';
import type { QueueAddress } from './queue-address.ts';
import { closeQuietly, openQueueServer } from './queue-server.ts';
import { deliver, serveJob } from './serve-job.ts';
import { untilAnswered } from './until-answered.ts';
import type { WorkerEvent } from './worker-events.ts';

/** How often studies are looked for while there are some, in milliseconds. */
const studiesInterval = 2000;
/** How often a study or a training is looked for while there is none, in milliseconds. */
const idleInterval = 250;
/** After this time, in milliseconds, a refused study is checked again: its images may have arrived. */
const refusalInterval = 30_000;
/** How long a training stays assigned to a worker that has died, in milliseconds. */
const usualLock = 30_000;

export interface WorkerOptions extends WorkerPlace {
  readonly address: QueueAddress;
  readonly lockMs?: number;
}

export interface WorkerControl {
  readonly signal: AbortSignal;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** A study whose announcement was seen. */
interface Known {
  /** Undefined where its trainings cannot be done here. */
  study?: JoinedStudy;
  announcement: Announcement;
  refused?: string;
  lookAgain: number;
  busy: number;
}

/**
 * Does the trainings of all studies that are announced in a queue and can be done here, as many at a time as requested, until the signal stops it: then those under way finish their step and are left to others.
 * @throws RunError if the server does not answer at first, or refuses
 */
export async function serveQueue(options: WorkerOptions, { signal, onEvent = () => {} }: WorkerControl): Promise<void> {
  const { address, concurrency, cwd, lockMs = usualLock } = options;
  const server = openQueueServer(address, cwd);
  const studies = await server.queue(studiesQueue);
  const known = new Map<string, Known>();
  /** Trainings under way, including delivery: a result is delivered while the next network trains. */
  const training = new Set<Promise<void>>();
  const serving = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const reachability = {
    away: (reason: string) => onEvent({ kind: 'away', reason }),
    back: () => onEvent({ kind: 'back' }),
  };
  const control = { signal, lockMs, reachability, onEvent };
  let looked = Number.NEGATIVE_INFINITY;
  let turn = 0;
  onEvent({ kind: 'listening', queue: address.shown });
  const stopAll = () => {
    for (const { study } of known.values()) study?.pool.stop();
  };
  signal.addEventListener('abort', stopAll);
  try {
    while (!signal.aborted) {
      if (failure) throw failure.error;
      const hasStudies = [...known.values()].some(({ study }) => study !== undefined);
      if (performance.now() - looked > (hasStudies ? studiesInterval : idleInterval)) {
        await look(studies);
        looked = performance.now();
      }
      const taken = training.size < concurrency && (await takeOne());
      if (taken) continue;
      await Promise.race([...training, pause(training.size < concurrency ? idleInterval : studiesInterval)]);
    }
    stopAll();
    await Promise.all(serving);
    if (failure) throw failure.error;
  } catch (e) {
    throw e instanceof RunError ? e : new RunError(`the queue at ${address.shown} refuses: ${(e as Error).message}`);
  } finally {
    stopAll();
    await Promise.all(serving);
    signal.removeEventListener('abort', stopAll);
    await Promise.all([...known.values()].map(({ study }) => study?.close()));
    await closeQuietly(studies);
  }

  /** Joins new studies, and leaves those that have ended or paused. */
  async function look(queue: Queue): Promise<void> {
    const jobs = await untilAnswered(() => queue.getJobs(['waiting', 'prioritized']), signal, reachability);
    if (!jobs) return;
    const open = new Map(jobs.map((job) => [keyOf(job), readAnnouncement(job.data)]));
    for (const [id, { study, busy }] of known) {
      if (!open.has(id)) {
        // finished: trainings under way are not wanted any more
        study?.pool.stop();
        if (busy === 0) await leave(id);
      } else if (isPaused(open.get(id)) && busy === 0) await leave(id);
    }
    for (const [id, announcement] of open) {
      if (typeof announcement !== 'string' && announcement.id === id && !isPaused(announcement))
        await join(announcement);
    }
  }

  async function join(announcement: Announcement): Promise<void> {
    const { id } = announcement;
    const before = known.get(id);
    if (before?.study || (before && before.lookAgain > performance.now())) return;
    const joined = await joinStudy(server, announcement, options, lockMs).catch((e: unknown) => {
      // a server that has just gone away is asked again
      if (e instanceof RunError) return e.message;
      throw e;
    });
    const { name } = announcement.config;
    if (typeof joined === 'string') {
      if (before?.refused !== joined) onEvent({ kind: 'study', study: name, id, refused: joined });
      known.set(id, { announcement, refused: joined, lookAgain: performance.now() + refusalInterval, busy: 0 });
      return;
    }
    known.set(id, { study: joined, announcement, lookAgain: 0, busy: 0 });
    onEvent({ kind: 'study', study: name, id });
    for (const { key, result } of joined.spool.results()) {
      if (await deliver(joined, key, result, control)) onEvent({ kind: 'delivered', study: name, key });
    }
  }

  async function leave(id: string): Promise<void> {
    const one = known.get(id);
    known.delete(id);
    if (!one?.study) return;
    onEvent({ kind: 'left', study: one.study.name, id });
    await one.study.close();
  }

  /** Takes a training of the next study that has one. @returns whether there was one */
  async function takeOne(): Promise<boolean> {
    const joined = [...known.values()].filter((one) => one.study !== undefined);
    for (let i = 0; i < joined.length; i++) {
      const one = joined[(turn + i) % joined.length] as Known & { study: JoinedStudy };
      const token = randomBytes(12).toString('hex');
      const ask = () => one.study.taker.getNextJob(token, { block: false }) as Promise<Job | undefined>;
      const job = await untilAnswered(ask, signal, reachability);
      if (!job) continue;
      turn += i + 1;
      start(one, job, token);
      return true;
    }
    return false;
  }

  function start(one: Known & { study: JoinedStudy }, job: Job, token: string): void {
    one.busy++;
    const trained = new Promise<void>((resolve) => {
      const work = serveJob(one.study, job, token, control, resolve)
        .then((refused) => {
          if (refused !== undefined) refuse(one, refused);
        })
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          one.busy--;
          serving.delete(work);
          resolve();
        });
      serving.add(work);
    }).then(() => void training.delete(trained));
    training.add(trained);
  }

  /** Leaves a study because a training has shown that none can be done here. */
  function refuse(one: Known & { study: JoinedStudy }, refused: string): void {
    const { study, announcement } = one;
    onEvent({ kind: 'study', study: study.name, id: study.id, refused });
    known.set(study.id, { announcement, refused, lookAgain: performance.now() + refusalInterval, busy: 0 });
    study.pool.stop();
    void study.close();
  }

  function pause(milliseconds: number): Promise<void> {
    return setTimeout(milliseconds, undefined, { signal }).catch(() => {});
  }
}

function isPaused(announcement: Announcement | string | undefined): boolean {
  return typeof announcement === 'object' && announcement.state === 'paused';
}
