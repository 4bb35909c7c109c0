import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../node/regular-file.ts';
import { writeProblem } from '../node/system-errors.ts';
import type { SpaceCosts } from '../search/costs.ts';
import { readLog } from '../train/run/read-texts.ts';
import { aCount, aNumber, anObject, anyOf, aText, type JsonShape, listOf, mapOf, oneOf } from '../train/run/shape.ts';
import { RunError } from '../train/run-error.ts';
import { type StudyFolder, trialsFile } from './study-folder.ts';

/**
 * How a training ended: `trained`, all its epochs; `stopped`, below the median of the others; `failed`, with a reason; `reused`, taken
 * from another study.
 */
export const trialStates = ['trained', 'stopped', 'failed', 'reused'] as const;
export type TrialState = (typeof trialStates)[number];

/** What a training gave. */
export interface TrialResult {
  readonly state: TrialState;
  /** The accuracy of the best epoch, on the validation images; 0 for a training that failed. */
  readonly accuracy: number;
  /** The accuracy after each epoch. */
  readonly accuracies: readonly number[];
  readonly reason?: string;
  /** How long it took, in wall-clock time. */
  readonly seconds: number;
}

/** A line of `trials.jsonl`: one training of one network. */
export interface TrialRecord extends TrialResult, SpaceCosts {
  /** The number of the network in the study; 0 is the starting point. */
  readonly trial: number;
  /** `networkHash` */
  readonly network: string;
  /** 0: the proxy; larger numbers are longer trainings. */
  readonly rung: number;
  readonly epochs: number;
  /** What distinguishes the network: its choices, or its factors. */
  readonly point: Readonly<Record<string, string | number>>;
}

const resultFields = {
  state: oneOf(...trialStates),
  accuracy: aNumber(0, 1),
  accuracies: listOf(aNumber(0, 1)),
  seconds: aNumber(0),
};

/** The shape of a `TrialResult`. */
export const resultShape: JsonShape = anObject(resultFields, { reason: aText });

const shape = anObject(
  {
    ...resultFields,
    trial: aCount,
    network: aText,
    rung: aCount,
    epochs: aCount,
    params: aCount,
    macs: aCount,
    activations: aCount,
    memory: aCount,
    point: mapOf(anyOf(aText, aNumber())),
  },
  { reason: aText, latency: aNumber() },
);

/** The log of a study, held by the process that runs it. */
export interface TrialLog {
  readonly records: readonly TrialRecord[];
  /** What is known about a network at a rung. */
  find(network: string, rung: number): TrialRecord | undefined;
  /** The line is on the disk when this returns; a process killed in between leaves a complete or a truncated line. */
  append(record: TrialRecord): void;
  close(): void;
}

/** The lines of a study's log. @throws RunError for a line that is not a result. */
export function readTrials({ path, shown }: StudyFolder): TrialRecord[] {
  const file = join(path, trialsFile);
  if (!existsSync(file)) return [];
  return readLog(file, `'${join(shown, trialsFile)}'`, (record) => shape(record, ''));
}

/** Opens a study's log to append to it. Only the holder of the study's lock may. */
export function openTrialLog(folder: StudyFolder): TrialLog {
  const records = readTrials(folder);
  const keyOf = (network: string, rung: number) => `${network} ${rung}`;
  const known = new Map(records.map((record) => [keyOf(record.network, record.rung), record]));
  const path = join(folder.path, trialsFile);
  let file: number;
  try {
    file = openSync(path, 'a+');
  } catch (e) {
    throw new RunError(`the study's ${trialsFile} cannot be written: ${writeProblem(e, path)}`);
  }
  const whole = records.length === 0 ? 0 : wholeBytes(path);
  if (fstatSync(file).size > whole) ftruncateSync(file, whole);
  return {
    records,
    find: (network, rung) => known.get(keyOf(network, rung)),
    append(record) {
      records.push(record);
      known.set(keyOf(record.network, record.rung), record);
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      for (let done = 0; done < line.length; ) done += writeSync(file, line, done);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Bytes up to the end of the last whole line. */
function wholeBytes(path: string): number {
  const text = readText(path);
  return Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
}
