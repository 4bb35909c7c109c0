import type { BackendRequest } from '../backends/backend.ts';
import type { NetworkRequest, RunConfig } from '../train/run/run-config.ts';
import type { Settings } from '../train/settings.ts';
import type { TrialResult } from './trial-log.ts';

/** A training of one network, as a child process receives it. */
export interface TrialJob {
  /** Identifies the training, wherever it is done: equal keys give equal results (`trialKey`). */
  readonly key: string;
  /** The spec of the network and the folder that it may import from; absolute. */
  readonly spec: string;
  readonly root: string;
  readonly network: NetworkRequest;
  /** Absolute. */
  readonly data: string;
  readonly settings: Partial<Settings>;
  readonly epochs: number;
  /** The folder of the training run, which is continued if it exists; absolute. */
  readonly out: string;
  readonly backend: BackendRequest;
  /** For each epoch the accuracy below which the training ends there. */
  readonly stopBelow: readonly number[];
  /** A file that gets the result before it is sent, so that it outlives the process that waits for it; absolute. */
  readonly spool?: string;
}

export type ToTrial =
  | { readonly kind: 'job'; readonly id: number; readonly job: TrialJob }
  /** Asks whether such trainings can be done here, on these images. */
  | { readonly kind: 'check'; readonly id: number; readonly job: TrialJob; readonly images: RunConfig['images'] }
  | { readonly kind: 'stop' };

export type FromTrial =
  /** `done`: epochs, including the fraction of the current one. */
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly accuracy?: number }
  | { readonly kind: 'result'; readonly id: number; readonly result: TrialResult }
  /** `problem`: why such trainings cannot be done here. */
  | { readonly kind: 'checked'; readonly id: number; readonly problem?: string }
  /** It was stopped, and left a checkpoint. */
  | { readonly kind: 'stopped'; readonly id: number }
  /** Not specific to this network: no other would train either. */
  | { readonly kind: 'broken'; readonly id: number; readonly message: string; readonly advice?: string };
