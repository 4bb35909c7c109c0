import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { plainWords, type Words } from '../diagnostics/words.ts';
import type { ClassCount } from './data/class-counts.ts';
import type { SkippedImage } from './data/types.ts';
import type { EpochRecord } from './metrics/run-log.ts';
import type { DamagedState } from './run/state-file.ts';

/** After each step of training. */
export interface StepEvent {
  readonly kind: 'step';
  /** Steps done in total and in this epoch, and steps per epoch. */
  readonly step: number;
  readonly stepInEpoch: number;
  readonly stepsPerEpoch: number;
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Images in this step. */
  readonly images: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly rate: number;
}

/** Something that is probably not intended, or differs from what one would expect. */
export interface WarningEvent {
  readonly kind: 'warning';
  readonly message: string;
  /** The message with the options that it names. */
  readonly words: Words;
}

/** What a run reports while it runs, distinguished by `kind`. */
export type TrainEvent =
  /** Warnings about the spec and the weights; errors are thrown, see `RunError.diagnostics`. */
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  | WarningEvent
  /** The images of each class. */
  | { readonly kind: 'data'; readonly classes: readonly ClassCount[] }
  /** A damaged checkpoint: an older one is used. Before `start`. */
  | ({ readonly kind: 'damaged' } & DamagedState)
  /** Before the first step: the step that the run continues from, and the parameters that are trained. */
  | {
      readonly kind: 'start';
      readonly step: number;
      readonly epochs: number;
      readonly stepsPerEpoch: number;
      readonly parameters: number;
    }
  | StepEvent
  /** After each batch of a validation or an evaluation. */
  | { readonly kind: 'evaluating'; readonly done: number; readonly batches: number }
  /** After each epoch and its checkpoint: the line that it leaves in metrics.jsonl. */
  | EpochRecord
  | { readonly kind: 'checkpoint'; readonly path: string }
  /** An image that cannot be read, once. */
  | ({ readonly kind: 'skipped' } & SkippedImage);

/** Called with each event before the run continues. */
export type Report = (event: TrainEvent) => void;

export function warning(words: Words): WarningEvent {
  return { kind: 'warning', message: plainWords(words), words };
}
