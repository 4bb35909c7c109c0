import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import { RunError } from '../../train/run-error.ts';
import { version } from '../../version.ts';
import type { StudyConfig } from '../study-config.ts';
import { networksFolder, type StudyFolder, specFolder } from '../study-folder.ts';
import type { TrialJob } from '../trial-job.ts';
import type { TrialResult } from '../trial-log.ts';
import type { TrialPool, TrialProgress } from '../trial-pool.ts';
import {
  type Announcement,
  type QueuedTrial,
  readProgress,
  readResult,
  resultsQueue,
  studiesQueue,
  trialsQueue,
} from './messages.ts';
import { closeQuietly, type QueueServer } from './queue-server.ts';
import { identityOf } from './study-identity.ts';
import { type Reachability, untilAnswered } from './until-answered.ts';

/** How often results are looked for, in milliseconds. */
const interval = 200;
/** How often the announcement is looked for, in milliseconds: a server that lost what it held has lost it too. */
const announcementInterval = 5000;

/** A requested training. */
interface Wanted {
  readonly job: TrialJob;
  readonly progress: TrialProgress;
  readonly resolve: (result: TrialResult | undefined) => void;
  readonly reject: (e: Error) => void;
}

/**
 * Has the networks of a study trained by whatever workers take jobs from a queue. What counts is the first result under a training's key, not that a job has ended: a job that is lost with its server is added again, and one that two workers have done gives one result.
 * @throws RunError if the server does not answer
 */
export async function openQueuePool(
  server: QueueServer,
  folder: StudyFolder,
  config: StudyConfig,
  reachability: Reachability,
): Promise<TrialPool> {
  if (config.version !== version) {
    throw new RunError(
      `the study was begun by enetc ${config.version}, this is ${version}: the two cannot share its trainings`,
    );
  }
  const id = identityOf(folder);
  const queues: Queue[] = [];
  const open = async (name: string) => {
    const queue = await server.queue(name);
    queues.push(queue);
    return queue;
  };
  const ended = new AbortController();
  const wanted = new Map<string, Wanted>();
  let isStopped = false;
  let loop: Promise<void> = Promise.resolve();
  const asked = <T>(ask: () => Promise<T>) => untilAnswered(ask, ended.signal, reachability);
  try {
    const [studies, trials, results] = [
      await open(studiesQueue),
      await open(trialsQueue(id)),
      await open(resultsQueue(id)),
    ];
    loop = watch(studies, trials, results);
  } catch (e) {
    for (const queue of queues) void closeQuietly(queue);
    throw e;
  }
  return {
    run: (job, progress) =>
      new Promise((resolve, reject) => {
        if (isStopped) resolve(undefined);
        else wanted.set(job.key, { job, progress, resolve, reject });
      }),
    stop() {
      isStopped = true;
      for (const { resolve } of wanted.values()) resolve(undefined);
      wanted.clear();
    },
    async close(finished) {
      const [studies, ...own] = queues as [Queue, ...Queue[]];
      ended.abort();
      await loop;
      // an unreachable server keeps the announcement; trainings still in the queue are then done in vain
      await Promise.race([finished ? forget(studies, own) : pause(studies), setTimeout(2000)]).catch(() => {});
      await Promise.all(queues.map(closeQuietly));
    },
  };

  /** Adds wanted trainings to the queue and takes results out of it, until the pool is closed. */
  async function watch(studies: Queue, trials: Queue, results: Queue): Promise<void> {
    let announced = Number.NEGATIVE_INFINITY;
    const put = new Set<string>();
    try {
      while (!ended.signal.aborted) {
        const [first] = wanted.values();
        if (first && performance.now() - announced > announcementInterval) {
          await asked(() => announce(studies, first.job));
          announced = performance.now();
        }
        const keys = [...wanted.keys()];
        // looked up before the results: a training that is missing afterwards has left one
        const jobs = keys.length > 0 ? await asked(() => trials.getJobs(['waiting', 'active', 'prioritized'])) : [];
        if (!jobs) return;
        const there = new Map(jobs.map((job) => [String(job.id), job]));
        const found = await asked(() => Promise.all(keys.map((key) => results.getJob(key))));
        if (!found) return;
        for (const [i, key] of keys.entries()) take(key, found[i]);
        const missing = [...wanted].filter(([key]) => !put.has(key) || (keys.includes(key) && !there.has(key)));
        const added = missing.map(([key, { job }]) => ({
          name: 'trial',
          data: queued(job),
          opts: { jobId: key, removeOnComplete: true, removeOnFail: true },
        }));
        if (added.length > 0) await asked(() => trials.addBulk(added));
        for (const [key] of missing) put.add(key);
        tell(there);
        await setTimeout(interval, undefined, { signal: ended.signal }).catch(() => {});
      }
    } catch (e) {
      for (const { reject } of wanted.values()) {
        reject(new RunError(`the queue at ${server.address.shown} refuses: ${(e as Error).message}`));
      }
    }
  }

  function take(key: string, found: Job | undefined): void {
    const result = found && readResult(found.data);
    if (!result) return;
    wanted.get(key)?.resolve(result.result);
    wanted.delete(key);
  }

  function tell(jobs: ReadonlyMap<string, Job>): void {
    for (const [key, { progress }] of wanted) {
      const told = readProgress(jobs.get(key)?.progress);
      if (told) progress(told.done, told.accuracy, told.worker);
    }
  }

  function queued({ spec, network, epochs, out, stopBelow }: TrialJob): QueuedTrial {
    const within = (path: string) => relative(folder.path, path).split(sep).join(posix.sep);
    return { spec: within(spec), text: readFileSync(spec, 'utf8'), network, epochs, run: within(out), stopBelow };
  }

  async function announce(studies: Queue, example: TrialJob): Promise<void> {
    const announcement: Announcement = {
      id,
      config,
      folder: folder.path,
      imports: importsOf(folder, config),
      example: queued(example),
      state: 'open',
    };
    // an existing one was left by a process that was killed or stopped
    const job = await studies.add('study', announcement, { jobId: id });
    await job.updateData(announcement);
  }

  async function pause(studies: Queue): Promise<void> {
    const job = await studies.getJob(id);
    await job?.updateData({ ...job.data, state: 'paused' });
  }

  async function forget(studies: Queue, own: readonly Queue[]): Promise<void> {
    await studies.remove(id);
    for (const queue of own) await queue.obliterate({ force: true });
  }
}

/** What a study's networks import: the files of its spec except the entry. */
function importsOf(folder: StudyFolder, { spec }: StudyConfig): Record<string, string> {
  const root = join(folder.path, specFolder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join(posix.sep));
  const imported = names.filter((name) => name !== spec && !name.startsWith('.'));
  return Object.fromEntries(
    imported.map((name) => [posix.join(networksFolder, name), readFileSync(join(root, name), 'utf8')]),
  );
}
