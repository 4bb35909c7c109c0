import { join, resolve } from 'node:path';
import { option, words } from '../diagnostics/words.ts';
import { removeAbandoned } from '../node/temporary-names.ts';
import { lockRun } from '../train/run/run-lock.ts';
import { SettingError } from '../train/run-error.ts';
import { explore, type Proposer } from './explore.ts';
import { type Findings, findingsOf, frontOf, promoted } from './findings.ts';
import type { StudyPlan } from './plan-study.ts';
import { studiesQueue } from './queue/messages.ts';
import type { QueueAddress } from './queue/queue-address.ts';
import { openQueuePool } from './queue/queue-pool.ts';
import { closeQuietly, openQueueServer } from './queue/queue-server.ts';
import type { Scorer } from './scorer.ts';
import type { StudyConfig } from './study-config.ts';
import type { StudyEvent } from './study-events.ts';
import { createNumberedStudy, createStudyFolder, readStudy, type StudyFolder, writeStudy } from './study-folder.ts';
import { openStudyKind, type StudyFound, type StudyKind } from './study-kind.ts';
import { createTrainer, epochsOf, type Subject, type Trainer } from './trainer.ts';
import { openTrialLog, readTrials, type TrialRecord } from './trial-log.ts';
import { createTrialPool, type TrialPool, type TrialProgram } from './trial-pool.ts';
import { writeFindings } from './write-findings.ts';

/** Where and how a study is computed: nothing that changes what it finds. */
export interface StudyPlace {
  readonly program: TrialProgram;
  readonly workers?: number | undefined;
  /** Where trainings are offered to workers on any machine, instead of child processes. */
  readonly queue?: QueueAddress | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface StudyControl {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: StudyEvent) => void;
}

export interface StudyOutcome extends StudyFound {
  /** Whether it finished, or was stopped and can be resumed. */
  readonly finished: boolean;
}

/** Starts a planned study. @param out its folder; the next free one of `studies/NAME-1` and so on by default */
export async function startStudy(
  { config, copy, table }: StudyPlan,
  out: string | undefined,
  place: StudyPlace,
  control: StudyControl = {},
): Promise<StudyOutcome> {
  const { cwd = process.cwd() } = place;
  await requireQueue(config, place);
  const folder = out === undefined ? createNumberedStudy(cwd, config.name) : createStudyFolder(resolve(cwd, out), out);
  const release = lockRun(folder);
  try {
    writeStudy(folder, config, copy, table);
    return await runStudy(folder, config, place, control);
  } finally {
    release();
  }
}

/**
 * Continues the study in a folder; it finds what it would have found uninterrupted. @throws RunError if there is none or it is
 * held
 */
export async function resumeStudy(shown: string, place: StudyPlace, control: StudyControl = {}): Promise<StudyOutcome> {
  const { cwd = process.cwd() } = place;
  const folder = { path: resolve(cwd, shown), shown };
  const config = readStudy(folder);
  await requireQueue(config, place);
  const release = lockRun(folder);
  try {
    removeAbandoned(folder.path);
    return await runStudy(folder, config, place, control);
  } finally {
    release();
  }
}

async function runStudy(
  folder: StudyFolder,
  config: StudyConfig,
  place: StudyPlace,
  { signal, onEvent = () => {} }: StudyControl,
): Promise<StudyOutcome> {
  const kind = openStudyKind(folder, config);
  const { scorer } = kind;
  const pool = await openPool(folder, config, place, onEvent);
  const log = openTrialLog(folder);
  let finished = false;
  const stop = () => pool.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const found = (): StudyFound => {
      const findings = findingsOf(config, scorer, log.records);
      return { folder, config, scorer, findings, compared: kind.compared(findings, log.records) };
    };
    onEvent({ kind: 'study', config, known: log.records.length, found });
    const trainer: Trainer = createTrainer(folder, config, log, pool, {
      ended: (record) => onEvent({ kind: 'trial', record }),
      progress: () =>
        onEvent({ kind: 'progress', trained: log.records.length, running: [...trainer.running.values()] }),
    });
    const { proposer, start } = kind.open();
    const climbed = await climb(config, proposer, start, scorer, trainer, onEvent);
    finished = climbed && (await compare(config, kind, found().findings, trainer, onEvent));
    const last = found();
    writeFindings(last);
    return { ...last, finished };
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.close(finished);
    log.close();
  }
}

/** @throws RunError where a study cannot go through the queue: before anything of it is written */
async function requireQueue({ backend }: StudyConfig, { queue, cwd = process.cwd() }: StudyPlace): Promise<void> {
  if (!queue) return;
  if (backend === 'auto') {
    throw new SettingError(
      'backend',
      words`${option('queue')} needs ${option('backend')}: the best one of each machine would make results depend on which machine trains`,
    );
  }
  await closeQuietly(await openQueueServer(queue, cwd).queue(studiesQueue));
}

function openPool(
  folder: StudyFolder,
  config: StudyConfig,
  { program, queue, workers = 1, cwd = process.cwd(), env = process.env }: StudyPlace,
  onEvent: (event: StudyEvent) => void,
): Promise<TrialPool> | TrialPool {
  if (!queue) return createTrialPool({ program, workers, threads: config.threads, env, cwd });
  return openQueuePool(openQueueServer(queue, cwd), folder, config, {
    away: (reason) => onEvent({ kind: 'queue', away: reason }),
    back: () => onEvent({ kind: 'queue' }),
  });
}

/**
 * Successive halving (Jamieson & Talwalkar, AISTATS 2016): all networks get the shortest training, the best of them a longer one,
 * and so on. The starting point gets all of them. @returns whether it finished
 */
async function climb(
  config: StudyConfig,
  proposer: Proposer,
  start: Subject,
  scorer: Scorer,
  trainer: Trainer,
  onEvent: (event: StudyEvent) => void,
): Promise<boolean> {
  const first = trainer.train(start, 0);
  first.catch(() => {});
  onEvent({ kind: 'rung', rung: 0, epochs: epochsOf(config, 0), networks: config.trials });
  const explored = await explore(config, proposer, trainer, improvement(config, scorer));
  if (!explored || !(await first)) return false;
  const subjects = new Map([start, ...explored].map((subject) => [subject.network, subject]));
  let going: readonly Subject[] = [...subjects.values()];
  for (let rung = 1; rung < config.rungs.length; rung++) {
    const before = await Promise.all(going.map((subject) => trainer.train(subject, rung - 1)));
    const records = before.filter((record): record is TrialRecord => record !== undefined);
    const chosen = new Set(promoted(config, scorer, records).map(({ network }) => network)).add(start.network);
    going = going.filter(({ network }) => chosen.has(network));
    onEvent({ kind: 'rung', rung, epochs: epochsOf(config, rung), networks: going.length });
    const now = rung;
    const trained = await Promise.all(going.map((subject) => trainer.train(subject, now)));
    if (trained.includes(undefined)) return false;
  }
  return true;
}

/** Trains what a study compares its findings with, for the same number of epochs. @returns whether it finished */
async function compare(
  config: StudyConfig,
  { others }: StudyKind,
  findings: Findings,
  trainer: Trainer,
  onEvent: (event: StudyEvent) => void,
): Promise<boolean> {
  const subjects = others(findings);
  if (subjects.length === 0) return true;
  const rung = config.rungs.length - 1;
  onEvent({ kind: 'rung', rung, epochs: epochsOf(config, rung), networks: subjects.length });
  const trained = await Promise.all(subjects.map((subject) => trainer.train(subject, rung)));
  return !trained.includes(undefined);
}

/** Whether a network improves on those before it: the objective, or the front. */
function improvement(config: StudyConfig, scorer: Scorer): (record: TrialRecord) => boolean {
  const known: TrialRecord[] = [];
  let best = Number.NEGATIVE_INFINITY;
  return (record) => {
    known.push(record);
    if (scorer.text === undefined) return frontOf(config, known).includes(record);
    const isBetter = scorer.value(record) > best;
    if (isBetter) best = scorer.value(record);
    return isBetter;
  };
}

/** Reads what a study has found so far, whether or not it runs. @throws RunError if there is none, or it is damaged */
export function readFindings(folder: StudyFolder): StudyFound {
  const config = readStudy(folder);
  const records = readTrials(folder);
  const { scorer, compared } = openStudyKind(folder, config);
  const findings = findingsOf(config, scorer, records);
  return { folder, config, scorer, findings, compared: compared(findings, records) };
}

/** The path of a file in a study's folder, as the user wrote it. */
export function shownPath({ shown }: StudyFolder, name: string): string {
  return join(shown, name);
}
