/** What the planner decides of a pipeline that the code has (see `pipeline/plan.ts`). */
export interface StagePlan {
  readonly schedule: 'gpipe' | '1f1b';
  /** Images of a step. */
  readonly batch: number;
  readonly microBatches: number;
  readonly stages: readonly PlannedPart[];
}

interface PlannedPart {
  /** Paths of its first and last op. */
  readonly from: string;
  readonly to: string;
  /** How many of the network's ops it has, in their order. */
  readonly ops: number;
  /** Whether it makes its values again for the backward half. */
  readonly recompute: boolean;
}
