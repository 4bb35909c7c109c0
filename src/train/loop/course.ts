import { readRecords } from '../metrics/read-records.ts';
import { openRunLog, type RunLog } from '../metrics/run-log.ts';
import { parseProgression, sizeOfEpoch } from '../progressive.ts';
import { type BestEvaluation, readBestEvaluation } from '../report/best-evaluation.ts';
import { startState, type TrainState } from '../run/state.ts';
import { newestState, readState, writeState } from '../run/state-file.ts';
import { RunError } from '../run-error.ts';
import type { RunLength } from '../schedule.ts';
import { explained, notFiniteVariable } from './failures.ts';
import { type PlacedNetwork, placeNetwork, replaceNetwork } from './placed-network.ts';
import { runLength } from './run-length.ts';
import { startValues } from './start-values.ts';
import type { NetworkStage, TrainingTask } from './task.ts';

/** A run under way: its fixed parts, and those that each step replaces. */
export interface Course {
  readonly task: TrainingTask;
  readonly length: RunLength;
  readonly log: RunLog;
  placed: PlacedNetwork;
  state: TrainState;
  /** The evaluation of the state's best epoch; undefined if there is none, or its file has changed. */
  best: BestEvaluation | undefined;
}

/** Opens a run at its newest checkpoint, or at the beginning. */
export async function beginCourse(task: TrainingTask): Promise<Course> {
  const { config, folder, hashes, createRunner, report } = task;
  const { epochs } = config.settings;
  const length = runLength(config.settings, task.loaders.train);
  const first = task.network(stageOf(task, 0));
  const { variables } = first.training.program;
  const saved = readState(folder, variables, hashes, (state) => report({ kind: 'damaged', ...state }));
  if (saved && saved.state.epoch > epochs) {
    throw new RunError(
      `the run '${folder.shown}' has trained ${saved.state.epoch} epochs, more than its config.json states`,
    );
  }
  const state = saved?.state ?? startState;
  const values = saved?.values ?? startValues(first.graph, variables, await task.start(first.graph));
  const stage = stageOf(task, Math.min(state.epoch, epochs - 1));
  const network = state.epoch === 0 ? first : task.network(stage);
  const log = openRunLog(folder.path, state.log, () => Date.now() / 1000);
  try {
    // Otherwise a changed file would be noticed only at the first report, hours later.
    readRecords(folder.path);
    const placed = await placeNetwork(network, stage, createRunner, values);
    const best = readBestEvaluation(folder.path, state.best, network.training.classes);
    const course: Course = { task, length, log, placed, state, best };
    const parameters = countOf(variables, new Set(network.training.trainable));
    report({ kind: 'start', step: state.step, epochs, stepsPerEpoch: length.stepsPerEpoch, parameters });
    // A run that dies before its first epoch restarts from the same weights, wherever they came from.
    if (!saved) await saveState(course);
    return course;
  } catch (e) {
    log.close();
    throw explained(e, config.settings, network.training.input.shape.slice(1));
  }
}

/** Makes sure that the network is the one for the epoch's stage. */
export async function enterEpoch(course: Course): Promise<void> {
  const { task, placed, state } = course;
  const stage = stageOf(task, state.epoch);
  const { size, keepStatistics } = placed.stage;
  if (stage.size === size && stage.keepStatistics === keepStatistics) return;
  course.placed = await replaceNetwork(placed, task.network(stage), stage, task.createRunner);
}

/** Writes a checkpoint. @param known the values of all variables, where they have been read. */
export async function saveState(course: Course, known?: ReadonlyMap<string, Float32Array>): Promise<void> {
  const { task, placed, log } = course;
  const values = known ?? (await readValues(course));
  log.sync();
  course.state = { ...course.state, log: log.sizes() };
  const path = writeState(task.folder, course.state, placed.training.program.variables, values, task.hashes[0]);
  task.report({ kind: 'checkpoint', path });
}

/**
 * The values of all variables.
 * @throws RunError if one is not a finite number: a checkpoint with it would replace the last good one.
 */
export async function readValues({ placed, state, task }: Course): Promise<ReadonlyMap<string, Float32Array>> {
  const values = await placed.runner.read();
  for (const [name, numbers] of values) {
    if (allFinite(numbers)) continue;
    throw notFiniteVariable({ ...state, checkpoint: newestState(task.folder) }, name);
  }
  return values;
}

function allFinite(numbers: Float32Array): boolean {
  // A sum of products with 0 is 0, or NaN where one of the values is infinite or NaN: one pass without branches.
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += (numbers[i] as number) * 0;
  return sum === 0;
}

function countOf(variables: readonly { name: string; shape: readonly number[] }[], names: ReadonlySet<string>): number {
  let count = 0;
  for (const { name, shape } of variables) if (names.has(name)) count += shape.reduce((a, b) => a * b, 1);
  return count;
}

/** @param epoch from 0 */
function stageOf({ config: { settings } }: TrainingTask, epoch: number): NetworkStage {
  const { progressive, epochs, 'freeze-norms': freezing = 0 } = settings;
  const size = progressive === undefined ? undefined : sizeOfEpoch(parseProgression(progressive), epoch, epochs);
  return { size, keepStatistics: epoch >= epochs - freezing };
}
