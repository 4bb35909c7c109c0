import type { HostTensor } from '../../backends/runner.ts';
import type { Batch } from '../data/types.ts';
import type { EpochSums } from '../run/state.ts';
import type { RunLength } from '../schedule.ts';
import type { ResolvedSettings } from '../settings.ts';
import { runFunction } from './failures.ts';
import type { PlacedNetwork } from './placed-network.ts';
import { predictedClass } from './score.ts';
import { batchInputs, noiseInputs, scalar, updateInputs } from './step-inputs.ts';

export interface StepResult {
  readonly loss: number;
  readonly norm: number;
  /** Adds this step's sums to the epoch's. */
  readonly sums: EpochSums;
}

/** A batch's inputs of the forward and backward half of step `step`. @param part the batch's number within the step. */
export function forwardInputs(
  { training }: PlacedNetwork,
  settings: ResolvedSettings,
  batch: Batch,
  step: number,
  part: number,
): Readonly<Record<string, HostTensor>> {
  return { ...batchInputs(batch, settings), ...noiseInputs(training, batch.shape[0], settings.seed, step, part) };
}

/** One step of the optimiser, over one batch. */
export async function trainStep(
  placed: PlacedNetwork,
  settings: ResolvedSettings,
  batch: Batch,
  step: number,
  length: RunLength,
  sums: EpochSums,
): Promise<StepResult> {
  const { runner, training } = placed;
  const outputs = await runFunction(runner, training.program, 'train', {
    ...forwardInputs(placed, settings, batch, step, 0),
    ...updateInputs(settings, step, length),
  });
  return {
    loss: scalarOf(outputs, 'loss'),
    norm: scalarOf(outputs, 'norm'),
    sums: addBatch(sums, batch, outputs, training.classes),
  };
}

/**
 * One batch of a step with several: adds its gradient to the others. @param share its images among those of the step.
 */
export async function accumulateBatch(
  placed: PlacedNetwork,
  settings: ResolvedSettings,
  batch: Batch,
  step: number,
  part: number,
  share: number,
  sums: EpochSums,
): Promise<{ loss: number; sums: EpochSums }> {
  const { runner, training } = placed;
  const outputs = await runFunction(runner, training.program, 'accumulate', {
    ...forwardInputs(placed, settings, batch, step, part),
    share: scalar(share),
  });
  return { loss: scalarOf(outputs, 'loss'), sums: addBatch(sums, batch, outputs, training.classes) };
}

/** The end of a step that has several batches. Gives the gradient's norm. */
export async function applyStep(
  { runner, training }: PlacedNetwork,
  settings: ResolvedSettings,
  step: number,
  length: RunLength,
): Promise<number> {
  const outputs = await runFunction(runner, training.program, 'apply', updateInputs(settings, step, length));
  return scalarOf(outputs, 'norm');
}

function addBatch(
  sums: EpochSums,
  { labels, weights }: Batch,
  { losses, logits }: Readonly<Record<string, HostTensor>>,
  classes: number,
): EpochSums {
  if (!losses || !logits) throw new Error('the program gives no losses and logits');
  let { images, loss, correct } = sums;
  for (const [row, label] of labels.entries()) {
    if (weights[row] === 0) continue;
    images++;
    loss += losses.data[row] as number;
    if (predictedClass(logits.data, row, classes) === label) correct++;
  }
  return { images, loss, correct };
}

function scalarOf(outputs: Readonly<Record<string, HostTensor>>, name: string): number {
  const value = outputs[name]?.data[0];
  if (value === undefined) throw new Error(`the program gives no '${name}'`);
  return value;
}
