import { join } from 'node:path';
import { openAppendFile } from './append-file.ts';
import { scalarRecord, versionRecord } from './event-record.ts';

/** The sizes of a run's metrics files at a checkpoint, in bytes. */
export interface LogSizes {
  readonly metrics: number;
  readonly events: number;
}

/** A line of `metrics.jsonl`: what the run did, without times, so that a resumed run writes the same. */
export interface StepRecord {
  readonly kind: 'step';
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
  /** Of the gradient, before it is clipped. */
  readonly norm: number;
}

export interface ScoreRecord {
  readonly loss: number;
  readonly accuracy: number;
  readonly top5: number;
  /** See `MacroScores`. */
  readonly balancedAccuracy: number;
  readonly macroPrecision: number;
  readonly macroF1: number;
}

export interface EpochRecord {
  readonly kind: 'epoch';
  readonly step: number;
  readonly epoch: number;
  readonly rate: number;
  readonly size: readonly [height: number, width: number];
  readonly train: { readonly loss: number; readonly accuracy: number; readonly images: number };
  /** The validated weights; none without validation images. */
  readonly validation: { readonly averages?: ScoreRecord; readonly raw?: ScoreRecord };
  /** Whether `best.safetensors` was written. */
  readonly best: boolean;
}

export type LogRecord = StepRecord | EpochRecord;

export interface RunLog {
  write(record: LogRecord, extra?: Readonly<Record<string, number>>): void;
  sizes(): LogSizes;
  sync(): void;
  close(): void;
}

export const metricsFile = 'metrics.jsonl';
/** TensorBoard takes every file whose name has `tfevents` in it. */
export const eventsFile = 'events.out.tfevents.0.enetc';

/**
 * The metrics of a run: `metrics.jsonl` and TensorBoard's events.
 * @param sizes both 0 for a new run.
 * @param now seconds since 1970, for the events.
 */
export function openRunLog(folder: string, sizes: LogSizes, now: () => number): RunLog {
  const metrics = openAppendFile(join(folder, metricsFile), sizes.metrics);
  const events = openAppendFile(join(folder, eventsFile), sizes.events);
  if (sizes.events === 0) events.append(versionRecord(now()));
  return {
    write(record, extra = {}) {
      metrics.append(new TextEncoder().encode(`${JSON.stringify(record)}\n`));
      const scalars = { ...(record.kind === 'step' ? stepScalars(record) : epochScalars(record)), ...extra };
      events.append(scalarRecord({ wallTime: now(), step: record.step, scalars }));
    },
    sizes: () => ({ metrics: metrics.size(), events: events.size() }),
    sync() {
      metrics.sync();
      events.sync();
    },
    close() {
      metrics.close();
      events.close();
    },
  };
}

function stepScalars({ loss, rate, norm }: StepRecord): Record<string, number> {
  return { 'step/loss': loss, 'step/rate': rate, 'step/gradient_norm': norm };
}

function epochScalars({ epoch, train, validation }: EpochRecord): Record<string, number> {
  const scalars: Record<string, number> = {
    epoch: epoch + 1,
    'train/loss': train.loss,
    'train/accuracy': train.accuracy,
  };
  for (const [weights, score] of Object.entries(validation)) {
    scalars[`validation/loss_${weights}`] = score.loss;
    scalars[`validation/accuracy_${weights}`] = score.accuracy;
    scalars[`validation/top5_${weights}`] = score.top5;
    scalars[`validation/balanced_accuracy_${weights}`] = score.balancedAccuracy;
    scalars[`validation/macro_precision_${weights}`] = score.macroPrecision;
    scalars[`validation/macro_f1_${weights}`] = score.macroF1;
  }
  return scalars;
}
