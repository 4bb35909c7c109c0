import type { ModelSession } from '../../backends/model-session.ts';

/** An engine in a page, ready to take models. */
export interface OpenedEngine {
  /** For people: with its version and device. */
  readonly description: string;
  /** Fetches a model once, to be opened any number of times; opening says why it cannot be run. */
  fetchModel(url: string): Promise<() => Promise<ModelSession | string>>;
}
