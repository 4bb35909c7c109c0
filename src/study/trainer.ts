import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SpaceCosts } from '../search/costs.ts';
import type { NetworkRequest } from '../train/run/run-config.ts';
import { dependsOnLength, resolveSettings } from '../train/settings.ts';
import type { StudyConfig } from './study-config.ts';
import { networkFile, networksFolder, runsFolder, type StudyFolder, siblingStudies } from './study-folder.ts';
import { readTrials, type TrialLog, type TrialRecord, type TrialResult } from './trial-log.ts';
import type { TrialPool } from './trial-pool.ts';

/** A network of a study. Its spec is in the folder. */
export interface Subject {
  /** The number of the network in the study, from 0. */
  readonly trial: number;
  readonly network: string;
  readonly costs: SpaceCosts;
  readonly point: TrialRecord['point'];
  readonly request: NetworkRequest;
}

/** A training under way. */
export interface Running {
  readonly subject: Subject;
  readonly rung: number;
  readonly epochs: number;
  readonly done: number;
  readonly accuracy?: number;
  /** The machine that trains it, where another process chose it. */
  readonly worker?: string;
}

export interface Trainer {
  /**
   * What a network reaches at a rung: from the log, from another study with the same training, or by training it. Each is trained once, however often it is requested.
   * @returns undefined where the study was stopped first
   */
  train(subject: Subject, rung: number, stopBelow?: readonly number[]): Promise<TrialRecord | undefined>;
  readonly running: ReadonlyMap<string, Running>;
}

export interface TrainerEvents {
  /** A training has ended, or its result was taken from elsewhere. */
  ended(record: TrialRecord): void;
  progress(): void;
}

export function createTrainer(
  folder: StudyFolder,
  config: StudyConfig,
  log: TrialLog,
  pool: TrialPool,
  events: TrainerEvents,
): Trainer {
  const running = new Map<string, Running>();
  const pending = new Map<string, Promise<TrialRecord | undefined>>();
  const elsewhere = knownElsewhere(folder, config);
  const record = (subject: Subject, rung: number, result: TrialResult): TrialRecord => {
    const { trial, network, costs, point } = subject;
    const { state, accuracy, ...rest } = result;
    const line = { trial, network, rung, epochs: epochsOf(config, rung), state, accuracy, ...costs, point, ...rest };
    log.append(line);
    events.ended(line);
    return line;
  };
  const train = async (subject: Subject, rung: number, stopBelow: readonly number[]) => {
    const { network, request } = subject;
    const epochs = epochsOf(config, rung);
    const reused = elsewhere.get(keyOf(network, epochs));
    if (reused) return record(subject, rung, reused);
    const key = keyOf(network, rung);
    const at = { subject, rung, epochs };
    const job = {
      key: trialKey(config, network, epochs, stopBelow),
      spec: join(folder.path, networkFile(config, network)),
      root: join(folder.path, networksFolder),
      network: request,
      data: config.data,
      settings: config.settings,
      epochs,
      out: join(folder.path, runsFolder, runName(config, network, rung)),
      backend: config.backend,
      stopBelow,
    };
    try {
      const result = await pool.run(job, (done, accuracy, worker) => {
        const known = { ...(accuracy !== undefined && { accuracy }), ...(worker !== undefined && { worker }) };
        running.set(key, { ...at, done, ...known });
        events.progress();
      });
      running.delete(key);
      return result && record(subject, rung, result);
    } finally {
      running.delete(key);
    }
  };
  return {
    running,
    async train(subject, rung, stopBelow = []) {
      const known = log.find(subject.network, rung);
      if (known) return known;
      const key = keyOf(subject.network, rung);
      const under = pending.get(key) ?? train(subject, rung, stopBelow);
      pending.set(key, under);
      return under;
    },
  };
}

export function epochsOf({ rungs }: StudyConfig, rung: number): number {
  return rungs[rung] as number;
}

/**
 * The name of a network's run at a rung. A longer training continues the shorter one, unless an epoch depends on how many there are:
 * then it starts over.
 */
function runName(config: StudyConfig, network: string, rung: number): string {
  return dependsOnLength(resolveSettings(config.settings)) ? `${network}-${epochsOf(config, rung)}` : network;
}

function keyOf(network: string, number: number): string {
  return `${network} ${number}`;
}

/** Names a training by all that decides its result. */
function trialKey(config: StudyConfig, network: string, epochs: number, stopBelow: readonly number[]): string {
  const all = JSON.stringify([trainingOf(config), network, epochs, stopBelow]);
  return `t${createHash('sha256').update(all).digest('hex').slice(0, 32)}`;
}

/** Results of the same training in other studies of the same folder: equal data, settings, backend and compiler. */
function knownElsewhere(folder: StudyFolder, config: StudyConfig): ReadonlyMap<string, TrialResult> {
  const known = new Map<string, TrialResult>();
  const own = trainingOf(config);
  for (const sibling of siblingStudies(folder)) {
    if (trainingOf(sibling.config) !== own) continue;
    for (const { network, epochs, state, accuracy, accuracies } of readTrials(sibling.folder)) {
      if (state === 'trained') known.set(keyOf(network, epochs), { state: 'reused', accuracy, accuracies, seconds: 0 });
    }
  }
  return known;
}

function trainingOf({ version, data, images, backend, threads, settings }: StudyConfig): string {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([version, data, images, backend, threads, sorted]);
}
