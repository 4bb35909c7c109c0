import type { BenchReport } from '../../bench/bench-text.ts';
import type { Measured } from '../../bench/measure.ts';
import type { Profile } from '../../bench/profile.ts';

/** How models are to be measured, wherever they run. */
export interface MeasureRequest {
  readonly threads: number;
  readonly batch: number;
  readonly seconds: number;
  readonly seed: number;
  /** Where profiles are written; without it there are none. */
  readonly profileFolder?: string;
}

/** What was measured, wherever it ran. */
export interface MeasuredModels extends Measured, Pick<BenchReport, 'memory' | 'device'> {
  /** For people: what ran the models. */
  readonly engine: string;
  /** For each model. */
  readonly inputs: readonly Readonly<Record<string, readonly number[]>>[];
  readonly profiles?: readonly Profile[];
}
