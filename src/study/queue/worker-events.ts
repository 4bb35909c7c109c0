import type { TrialResult } from '../trial-log.ts';

/** What a worker reports while it works, distinguished by `kind`. */
export type WorkerEvent =
  | { readonly kind: 'listening'; readonly queue: string }
  /** A study whose trainings it does, or why it does not. */
  | { readonly kind: 'study'; readonly study: string; readonly id: string; readonly refused?: string }
  /** A study whose trainings it no longer does. */
  | { readonly kind: 'left'; readonly study: string; readonly id: string }
  | { readonly kind: 'started'; readonly study: string; readonly network: string; readonly epochs: number }
  | { readonly kind: 'ended'; readonly study: string; readonly network: string; readonly result: TrialResult }
  /** Stopped before its end, and left to others with a checkpoint. */
  | { readonly kind: 'returned'; readonly study: string; readonly network: string }
  /** A result of an earlier process that had not been delivered. */
  | { readonly kind: 'delivered'; readonly study: string; readonly key: string }
  | { readonly kind: 'away'; readonly reason: string }
  | { readonly kind: 'back' };
