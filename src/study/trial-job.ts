import type { BackendRequest } from '../backends/backend.ts';
import type { NetworkRequest } from '../train/run/run-config.ts';
import type { Settings } from '../train/settings.ts';
import type { TrialResult } from './trial-log.ts';

/** A training of one network, as it is asked of a child process. */
export interface TrialJob {
  /** The spec of the network and the folder that it may import from; absolute. */
  readonly spec: string;
  readonly root: string;
  readonly network: NetworkRequest;
  /** Absolute. */
  readonly data: string;
  readonly settings: Partial<Settings>;
  readonly epochs: number;
  /** The folder of the training run, which is continued where it is there; absolute. */
  readonly out: string;
  readonly backend: BackendRequest;
  /** For each epoch the accuracy below which the training ends after it. */
  readonly stopBelow: readonly number[];
}

export type ToTrial = { readonly kind: 'job'; readonly id: number; readonly job: TrialJob } | { readonly kind: 'stop' };

export type FromTrial =
  /** `done`: epochs, with the part of the current one. */
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly accuracy?: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: TrialResult }
  /** It was stopped, and left a checkpoint. */
  | { readonly kind: 'stopped'; readonly id: number }
  /** Nothing that belongs to this network alone: no other would train either. */
  | { readonly kind: 'broken'; readonly id: number; readonly message: string; readonly advice?: string };
