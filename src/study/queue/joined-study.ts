import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Job, Queue, Worker } from 'bullmq';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { makeFolders } from '../../node/make-folders.ts';
import { systemProblem } from '../../node/system-errors.ts';
import { version } from '../../version.ts';
import { networksFolder } from '../study-folder.ts';
import type { TrialJob } from '../trial-job.ts';
import { createTrialPool, type LocalPool, type TrialProgram } from '../trial-pool.ts';
import { type Announcement, type QueuedTrial, resultsQueue, trialsQueue } from './messages.ts';
import { closeQuietly, type QueueServer } from './queue-server.ts';
import { openSpool, type Spool } from './spool.ts';
import { readIdentity } from './study-identity.ts';

/** A worker's settings: what its machine provides for studies, and how it trains. */
export interface WorkerPlace {
  readonly program: TrialProgram;
  /** Trainings at the same time. */
  readonly concurrency: number;
  /** Where trainings of this machine are kept, in a folder for each study; the study's own folder by default. Absolute. */
  readonly runs?: string | undefined;
  /** Where the images are; where the study has them by default. Absolute. */
  readonly data?: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The name of this machine for others. */
export const workerName = hostname();

/** A study that a worker trains networks of. */
export interface JoinedStudy {
  readonly id: string;
  readonly name: string;
  readonly taker: Worker;
  readonly results: Queue;
  readonly pool: LocalPool;
  readonly spool: Spool;
  /** The training of a job, as it is done here. */
  jobOf(key: string, trial: QueuedTrial): TrialJob;
  close(): Promise<void>;
}

/**
 * Joins a study, if its trainings can be done here.
 * @param lockMs how long a training stays this worker's without a renewal, in milliseconds
 * @returns why they cannot
 */
export async function joinStudy(
  server: QueueServer,
  announcement: Announcement,
  place: WorkerPlace,
  lockMs: number,
): Promise<JoinedStudy | string> {
  const { id, config, example } = announcement;
  if (config.version !== version) return `it belongs to enetc ${config.version}, this is ${version}`;
  const base = baseOf(announcement, place);
  if ('problem' in base) return base.problem;
  const { program, concurrency, cwd, env } = place;
  const pool = createTrialPool({ program, workers: concurrency, threads: config.threads, env, cwd });
  try {
    const spool = openSpool(base.folder);
    const jobOf = createJobs(announcement, base, place, spool);
    const problem = await pool.check(jobOf('check', example), config.images);
    if (problem !== undefined) {
      await pool.close();
      return problem;
    }
    const results = await server.queue(resultsQueue(id));
    const taker = await server.taker(trialsQueue(id), lockMs).catch((e: unknown) => {
      void closeQuietly(results);
      throw e;
    });
    await taker.startStalledCheckTimer();
    return {
      id,
      name: config.name,
      taker,
      results,
      pool,
      spool,
      jobOf,
      async close() {
        await pool.close();
        await Promise.all([closeQuietly(taker), closeQuietly(results)]);
      },
    };
  } catch (e) {
    await pool.close();
    const problem = systemProblem(e);
    if (problem === undefined) throw e;
    return problem;
  }
}

/** Where the trainings of a study are kept on this machine. */
interface Base {
  readonly folder: string;
  /** Whether it is the study's own folder, which has the specs of the networks. */
  readonly isShared: boolean;
}

function baseOf({ id, folder }: Announcement, { runs }: WorkerPlace): Base | { readonly problem: string } {
  if (runs !== undefined) return { folder: join(runs, id), isShared: false };
  if (readIdentity({ path: folder }) === id) return { folder, isShared: true };
  return {
    problem: `its folder '${folder}' is not on this machine; --runs keeps trainings in a local folder instead`,
  };
}

/** Writes the texts that networks need where they are missing. */
function createJobs({ config, imports }: Announcement, base: Base, place: WorkerPlace, spool: Spool) {
  const write = (name: string, text: string) => {
    const file = join(base.folder, name);
    makeFolders(dirname(file));
    writeTextAtomically(file, text);
  };
  if (!base.isShared) for (const [name, text] of Object.entries(imports)) write(name, text);
  return (key: string, { spec, text, network, epochs, run, stopBelow }: QueuedTrial): TrialJob => {
    if (!base.isShared) write(spec, text);
    return {
      key,
      spec: join(base.folder, spec),
      root: join(base.folder, networksFolder),
      network,
      data: place.data ?? config.data,
      settings: config.settings,
      epochs,
      out: join(base.folder, run),
      backend: config.backend,
      stopBelow,
      spool: spool.fileOf(key),
    };
  };
}

/** The key of a job. */
export function keyOf(job: Job): string {
  return String(job.id);
}
