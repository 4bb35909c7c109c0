import { NotFiniteError } from '../../backends/runner.ts';
import type { Batch, Loader } from '../data/types.ts';
import type { EpochSums } from '../run/state.ts';
import { newestState } from '../run/state-file.ts';
import { learningRate } from '../schedule.ts';
import type { ResolvedSettings } from '../settings.ts';
import { type Course, saveState } from './course.ts';
import { nextTurn } from './evaluate.ts';
import { firstNotFinite, notFiniteStep } from './failures.ts';
import { accumulateBatch, applyStep, forwardInputs, type StepResult, trainStep } from './run-step.ts';

/** Takes the remaining steps of an epoch. @returns whether it finished without being stopped. */
export async function trainEpoch(course: Course): Promise<boolean> {
  const { task, length } = course;
  const { accumulate } = task.config.settings;
  const { epoch, stepInEpoch } = course.state;
  if (stepInEpoch === length.stepsPerEpoch) return true;
  const takeBatch = batchTaker(course);
  const speed = { since: performance.now(), images: 0 };
  for await (const batch of task.loaders.train.epoch(epoch, stepInEpoch * accumulate)) {
    for (const image of batch.skipped) task.report({ kind: 'skipped', ...image });
    const result = await takeBatch(batch);
    if (result) {
      await finishStep(course, result, speed);
      if (course.state.stepInEpoch === length.stepsPerEpoch) return true;
      if (task.stopped()) return false;
    }
    await nextTurn();
  }
  throw new Error(`epoch ${epoch + 1} ended after ${course.state.stepInEpoch} of ${length.stepsPerEpoch} steps`);
}

/** Takes one batch after the other; gives a step's result with the batch that ends the step. */
function batchTaker(course: Course): (batch: Batch) => Promise<StepResult | undefined> {
  const { task, length } = course;
  const { settings } = task.config;
  const { accumulate } = settings;
  const { train } = task.loaders;
  if (accumulate === 1) {
    return (batch) => {
      const { placed, state } = course;
      return guarded(course, batch, 0, () => trainStep(placed, settings, batch, state.step, length, state.sums));
    };
  }
  let loss = 0;
  let sums: EpochSums = course.state.sums;
  return (batch) => {
    const { placed, state } = course;
    const part = batch.index % accumulate;
    return guarded(course, batch, part, async () => {
      if (part === 0) [loss, sums] = [0, state.sums];
      const share = shareOfStep(batch, settings, train);
      const one = await accumulateBatch(placed, settings, batch, state.step, part, share, sums);
      loss += one.loss * share;
      sums = one.sums;
      if (part < accumulate - 1 && batch.index < train.batches - 1) return undefined;
      return { loss, sums, norm: await applyStep(placed, settings, state.step, length) };
    });
  };
}

/**
 * A batch's share of the images in its step: the last step of an epoch may have fewer batches, and its last batch fewer images.
 */
function shareOfStep({ index, shape }: Batch, { accumulate, batch }: ResolvedSettings, train: Loader): number {
  const perStep = accumulate * batch;
  const before = Math.floor(index / accumulate) * perStep;
  return shape[0] / Math.min(perStep, train.images - before);
}

/** Runs a step, and reports where its numbers become non-finite, if they do. */
async function guarded<T>(
  { placed, state, task }: Course,
  batch: Batch,
  part: number,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (e) {
    if (!(e instanceof NotFiniteError)) throw e;
    const inputs = forwardInputs(placed, task.config.settings, batch, state.step, part);
    const first = await firstNotFinite(placed.runner, placed.training.program, inputs);
    throw notFiniteStep({ ...state, checkpoint: newestState(task.folder) }, first);
  }
}

/** Counts a step, logs it, and writes a checkpoint where one is due. */
async function finishStep(
  course: Course,
  { loss, norm, sums }: StepResult,
  speed: { since: number; images: number },
): Promise<void> {
  const { task, length, state, log } = course;
  const { settings } = task.config;
  const { epoch } = state;
  const rate = learningRate(settings, state.step, length);
  const [step, stepInEpoch] = [state.step + 1, state.stepInEpoch + 1];
  course.state = { ...state, step, stepInEpoch, sums };
  const images = sums.images - state.sums.images;
  speed.images += images;
  if (step % settings['log-every'] === 0) {
    const now = performance.now();
    const perSecond = (1000 * speed.images) / Math.max(1, now - speed.since);
    log.write({ kind: 'step', step, epoch, loss, rate, norm }, { 'step/images_per_second': perSecond });
    Object.assign(speed, { since: now, images: 0 });
  }
  const { stepsPerEpoch } = length;
  task.report({
    kind: 'step',
    step,
    stepInEpoch,
    stepsPerEpoch,
    epoch,
    epochs: settings.epochs,
    images,
    rate,
    ...means(sums),
  });
  if (step % settings['save-every'] === 0 && stepInEpoch < stepsPerEpoch) await saveState(course);
}

/** The means per image of sums. */
export function means({ images, loss, correct }: EpochSums): { loss: number; accuracy: number } {
  return images === 0 ? { loss: 0, accuracy: 0 } : { loss: loss / images, accuracy: correct / images };
}
