/** What the code needs of a pipeline's plan (see `pipeline/plan.ts`). */
export interface StagePlan {
  readonly schedule: 'gpipe' | '1f1b';
  /** Images per step. */
  readonly batch: number;
  readonly microBatches: number;
  readonly stages: readonly PlannedPart[];
}

interface PlannedPart {
  /** Paths of its first and last op. */
  readonly from: string;
  readonly to: string;
  /** How many of the network's ops it contains, in their order. */
  readonly ops: number;
  /** Whether it recomputes its values for the backward half. */
  readonly recompute: boolean;
}
