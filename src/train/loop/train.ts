import { beginCourse, type Course, enterEpoch, saveState } from './course.ts';
import { explained } from './failures.ts';
import { finishEpoch } from './finish-epoch.ts';
import type { TrainingOutcome, TrainingTask } from './task.ts';
import { trainEpoch } from './train-epoch.ts';

/**
 * Trains a network from its run's checkpoint to the run's end, or until it is stopped, which leaves a checkpoint.
 *
 * One backend gives the same weights, bit for bit, however often a run was ended and resumed: a step depends only on the variables, the settings, and the numbers of `TrainState`.
 * @throws RunError for what the user can fix: numbers that are not finite, too little memory. DataError.
 */
export async function train(task: TrainingTask): Promise<TrainingOutcome> {
  const course = await beginCourse(task);
  try {
    while (course.state.epoch < task.config.settings.epochs) {
      const ended = !task.stopped() && (await runEpoch(course));
      if (!ended) {
        await saveState(course);
        return outcome(course, false);
      }
    }
    return outcome(course, true);
  } catch (e) {
    throw explained(e, task.config.settings, course.placed.training.input.shape.slice(1));
  } finally {
    course.log.close();
    course.placed.runner.close();
  }
}

async function runEpoch(course: Course): Promise<boolean> {
  await enterEpoch(course);
  return (await trainEpoch(course)) && (await finishEpoch(course));
}

function outcome({ state: { step, best }, best: bestEvaluation }: Course, finished: boolean): TrainingOutcome {
  return { finished, step, ...(best && { best }), ...(bestEvaluation && { bestEvaluation }) };
}
