import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { plainWords, type Words } from '../diagnostics/words.ts';
import type { ClassCount } from './data/class-counts.ts';
import type { SkippedImage } from './data/types.ts';
import type { EpochRecord } from './metrics/run-log.ts';
import type { DamagedState } from './run/state-file.ts';

/** After each step of training. */
export interface StepEvent {
  readonly kind: 'step';
  /** Steps done in all, in this epoch, and how many an epoch has. */
  readonly step: number;
  readonly stepInEpoch: number;
  readonly stepsPerEpoch: number;
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Images of this step. */
  readonly images: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  readonly rate: number;
}

/** What is likely not meant, or differs from what one would expect. */
export interface WarningEvent {
  readonly kind: 'warning';
  readonly message: string;
  /** The message with the options that it names. */
  readonly words: Words;
}

/** What a run reports while it goes, distinguished by `kind`. */
export type TrainEvent =
  /** Warnings about the spec and the weights; errors are thrown, see `RunError.diagnostics`. */
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  | WarningEvent
  /** The images of each class. */
  | { readonly kind: 'data'; readonly classes: readonly ClassCount[] }
  /** A checkpoint that is damaged: an older one is taken. Before `start`. */
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

/** Is called with each event before the run goes on. */
export type Report = (event: TrainEvent) => void;

export function warning(words: Words): WarningEvent {
  return { kind: 'warning', message: plainWords(words), words };
}
