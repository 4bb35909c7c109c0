import type { NetworkRequest } from '../../train/run/run-config.ts';
import { aCount, aNumber, anObject, aText, type JsonShape, listOf, mapOf } from '../../train/run/shape.ts';
import { formatStudy, parseStudy, type StudyConfig } from '../study-config.ts';
import { resultShape, type TrialResult } from '../trial-log.ts';

/** The queue of announcements: a job for each study, under the study's identity. Jobs are only read, never taken. */
export const studiesQueue = 'studies';

/** The queue of a study's trainings, under their keys. */
export function trialsQueue(id: string): string {
  return `trials-${id}`;
}

/**
 * The queue of results, under the trainings' keys: of two with the same key the first stays. Jobs are only read, never
 * taken.
 */
export function resultsQueue(id: string): string {
  return `results-${id}`;
}

/** A study that offers trainings. */
export interface Announcement {
  /** The study's identity, whichever process runs it. */
  readonly id: string;
  readonly config: StudyConfig;
  /** Its folder on the machine that runs it; absolute. */
  readonly folder: string;
  /** Files that networks import, by their paths in the folder. */
  readonly imports: Readonly<Record<string, string>>;
  /** One of its trainings, to see whether they can be done on a machine. */
  readonly example: QueuedTrial;
  /** `paused`: nobody collects results for now. They are kept; no training begins. */
  readonly state: 'open' | 'paused';
}

/** A training, without what all trainings of a study share. */
export interface QueuedTrial {
  /** The spec's path in the study's folder, and its text. */
  readonly spec: string;
  readonly text: string;
  readonly network: NetworkRequest;
  readonly epochs: number;
  /** The run's path in the study's folder. */
  readonly run: string;
  readonly stopBelow: readonly number[];
}

export interface QueuedResult {
  readonly result: TrialResult;
  /** The machine that trained it. */
  readonly worker: string;
}

/** How far a training is. */
export interface QueuedProgress {
  readonly done: number;
  readonly accuracy?: number;
  readonly worker: string;
}

const anything: JsonShape = () => undefined;
/** A path within a folder, which does not lead out of it. */
const aPathWithin: JsonShape = (value, at) =>
  typeof value === 'string' &&
  /^[^\0\\]+$/.test(value) &&
  !value.split('/').some((part) => ['', '.', '..'].includes(part))
    ? undefined
    : `'${at}' is not a path within a folder`;

const trialShape = anObject({
  spec: aPathWithin,
  text: aText,
  network: anything,
  epochs: aCount,
  run: aPathWithin,
  stopBelow: listOf(aNumber(0, 1)),
});

const announcementShape = anObject({
  id: (value, at) => (/^[0-9a-f]{32}$/.test(String(value)) ? undefined : `'${at}' is not the identity of a study`),
  config: anything,
  folder: aText,
  imports: mapOf(aText),
  example: trialShape,
  state: (value, at) => (value === 'open' || value === 'paused' ? undefined : `'${at}' is neither open nor paused`),
});

const queuedResultShape = anObject({ result: resultShape, worker: aText });
const progressShape = anObject({ done: aNumber(0), worker: aText }, { accuracy: aNumber(0, 1) });

/** @throws RunError for anything but an announcement: a server may hold anything */
export function readAnnouncement(value: unknown): Announcement | string {
  const problem = announcementShape(value, '');
  if (problem !== undefined) return problem;
  const announcement = value as Announcement;
  const stray = Object.keys(announcement.imports).find((name) => aPathWithin(name, 'imports') !== undefined);
  if (stray !== undefined) return `'${stray}' is not a path within a folder`;
  try {
    return { ...announcement, config: parseStudy(formatStudy(announcement.config), 'its configuration') };
  } catch (e) {
    return (e as Error).message;
  }
}

export function readTrial(value: unknown): QueuedTrial | string {
  return trialShape(value, '') ?? (value as QueuedTrial);
}

export function readResult(value: unknown): QueuedResult | undefined {
  return queuedResultShape(value, '') === undefined ? (value as QueuedResult) : undefined;
}

export function readProgress(value: unknown): QueuedProgress | undefined {
  return progressShape(value, '') === undefined ? (value as QueuedProgress) : undefined;
}
