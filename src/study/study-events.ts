import type { StudyConfig } from './study-config.ts';
import type { StudyFound } from './study-kind.ts';
import type { Running } from './trainer.ts';
import type { TrialRecord } from './trial-log.ts';

/** What a study reports while it runs, distinguished by `kind`. */
export type StudyEvent =
  /**
   * Before the first network: how many trainings the log already has, and a function that gives the findings at any
   * time.
   */
  | {
      readonly kind: 'study';
      readonly config: StudyConfig;
      readonly known: number;
      readonly found: () => StudyFound;
    }
  /** The networks of a rung, before they are trained. */
  | { readonly kind: 'rung'; readonly rung: number; readonly epochs: number; readonly networks: number }
  /** A training has ended. */
  | { readonly kind: 'trial'; readonly record: TrialRecord }
  /** The server of the queue does not answer, and why; or it answers again. */
  | { readonly kind: 'queue'; readonly away?: string }
  /** Trainings have made progress. */
  | { readonly kind: 'progress'; readonly trained: number; readonly running: readonly Running[] };
