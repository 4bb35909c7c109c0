import type { Segment } from './segment.ts';

export type ScheduleName = 'gpipe' | '1f1b';

/** What a pipeline's stages have in common. */
export interface PipelineShape {
  readonly stages: number;
  readonly microBatches: number;
  readonly schedule: ScheduleName;
}

/** Bytes of a stage's device while it trains. */
export interface StageMemory {
  /** Weights, gradients, the optimiser's and averages. */
  readonly state: number;
  /** What is kept for micro-batches whose backward half is still to come, and what the current one needs. */
  readonly activations: number;
  readonly total: number;
}

/**
 * How many micro-batches have values in a stage at once: all of them in GPipe (Huang et al., NeurIPS 2019), those that are
 * between this stage and the last in 1F1B (PipeDream-Flush; Narayanan et al., ICML 2021).
 */
export function inFlight(stage: number, { stages, microBatches, schedule }: PipelineShape): number {
  return schedule === 'gpipe' ? microBatches : Math.min(microBatches, stages - stage);
}

/**
 * The memory of a stage. With recomputation the inputs and outputs of the stage are kept for a micro-batch; everything else is
 * recomputed for the one micro-batch whose backward half runs (Chen et al. 2016). The first stage has the whole batch's images.
 */
export function stageMemory(segment: Segment, stage: number, shape: PipelineShape, recompute: boolean): StageMemory {
  const { state } = segment;
  const total = stageBytes(segment, stage, shape, recompute);
  return { state, activations: total - state, total };
}

/** All of it. */
export function stageBytes(segment: Segment, stage: number, shape: PipelineShape, recompute: boolean): number {
  const { state, given, result, kept, working } = segment;
  const left = inFlight(stage, shape);
  const inputs = given * (stage === 0 ? shape.microBatches : left);
  return state + inputs + (recompute ? result * left + kept : kept * left) + working;
}
