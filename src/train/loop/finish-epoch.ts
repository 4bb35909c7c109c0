import { networkFacts } from '../../weights/preprocessing-facts.ts';
import { rangeFacts, type TrainedRanges } from '../../weights/range-facts.ts';
import { classScores, macroScores } from '../metrics/class-scores.ts';
import type { EpochRecord, ScoreRecord } from '../metrics/run-log.ts';
import { bestEvaluation, writeBestEvaluation } from '../report/best-evaluation.ts';
import { writeReport } from '../report/write-report.ts';
import { type Best, noSums } from '../run/state.ts';
import type { WeightKind } from '../run/weight-kind.ts';
import { writeWeights } from '../run/weights-file.ts';
import { learningRate } from '../schedule.ts';
import { type Course, readValues, saveState } from './course.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { runFunction } from './failures.ts';
import { batchInputs } from './step-inputs.ts';
import { means } from './train-epoch.ts';
import { weightsToValidate } from './weights-to-validate.ts';

/** How many mistakes the report shows. */
const shownMistakes = 24;

/**
 * What follows an epoch's steps: validation, its record, the weights, a checkpoint, the report. @returns whether it
 * finished without being stopped.
 */
export async function finishEpoch(course: Course): Promise<boolean> {
  const { task, placed, log } = course;
  const { folder, config, report } = task;
  const scores = await validate(course);
  if (!scores) return false;
  const score = bestOf(scores, course.state.epoch);
  // If equal, the later has seen more.
  const isBest = score !== undefined && score.accuracy >= (course.state.best?.accuracy ?? 0);
  const record = recordOf(course, scores, isBest);
  log.write(record);

  const values = await readValues(course);
  const weights = score?.weights ?? (config.settings.ema > 0 ? 'averages' : 'raw');
  const facts = factsOf(course, score, values);
  if (isBest) {
    writeWeights(folder, 'best.safetensors', placed, values, weights, facts);
    course.best = bestEvaluation(score, scores.get(score.weights) as Evaluation, task.normalisation, task.nameOf);
    writeBestEvaluation(folder.path, course.best, config.classes.length);
  }
  writeWeights(folder, 'last.safetensors', placed, values, weights, facts);

  // Before the checkpoint: a run that is killed here writes it again, a finished one would never do so.
  writeReport(task, placed.graph, course.length.stepsPerEpoch, course.best);
  const { epoch } = course.state;
  course.state = { ...course.state, epoch: epoch + 1, stepInEpoch: 0, sums: noSums, ...(isBest && { best: score }) };
  await saveState(course, values);
  report(record);
  return true;
}

function recordOf(course: Course, scores: ReadonlyMap<WeightKind, Evaluation>, best: boolean): EpochRecord {
  const { task, placed, length } = course;
  const { epoch, step, sums } = course.state;
  const [, height = 0, width = 0] = placed.training.input.shape;
  const validation = [...scores].map(([kind, score]) => [kind, scoreRecord(score, task.config.classes)] as const);
  return {
    kind: 'epoch',
    step,
    epoch,
    rate: learningRate(task.config.settings, step - 1, length),
    size: [height, width],
    train: { ...means(sums), images: sums.images },
    validation: Object.fromEntries(validation),
    best,
  };
}

function scoreRecord({ loss, accuracy, top5, confusion }: Evaluation, classes: readonly string[]): ScoreRecord {
  const { precision, recall, f1 } = macroScores(classScores(confusion, classes));
  return { loss, accuracy, top5, balancedAccuracy: recall, macroPrecision: precision, macroF1: f1 };
}

/** Scores by the weights that are validated, none without validation images; undefined if it was stopped. */
async function validate({ task, placed, state }: Course): Promise<Map<WeightKind, Evaluation> | undefined> {
  const { config, loaders, report, stopped } = task;
  const { runner, training } = placed;
  const scores = new Map<WeightKind, Evaluation>();
  const loader = loaders.validation;
  if (!loader) return scores;
  const kinds = weightsToValidate(config.settings, loaders.train.images, loader.images);
  for (const [n, kind] of kinds.entries()) {
    const name = kind === 'raw' ? 'evaluate' : 'evaluate_ema';
    const evaluation = await evaluate({
      loader,
      epoch: state.epoch,
      classes: training.classes,
      mistakes: shownMistakes,
      run: (batch) => runFunction(runner, training.program, name, batchInputs(batch, config.settings)),
      progress: (done, batches) =>
        report({ kind: 'evaluating', done: n * batches + done, batches: kinds.length * batches }),
      ...(n === 0 && { skipped: (image) => report({ kind: 'skipped', ...image }) }),
      stopped,
    });
    if (!evaluation) return undefined;
    scores.set(kind, evaluation);
  }
  return scores;
}

/** The better of the validated weights; the first if equal. */
function bestOf(scores: ReadonlyMap<WeightKind, Evaluation>, epoch: number): Best | undefined {
  let best: Best | undefined;
  for (const [weights, { accuracy }] of scores) {
    if (!best || accuracy > best.accuracy) best = { epoch, accuracy, weights };
  }
  return best;
}

function factsOf(
  { task, state, placed }: Course,
  score: Best | undefined,
  values: ReadonlyMap<string, Float32Array>,
): Record<string, string> {
  return {
    model: placed.graph.name,
    epoch: String(state.epoch + 1),
    step: String(state.step),
    ...(score && { accuracy: String(score.accuracy) }),
    ...Object.fromEntries(networkFacts(placed.graph, task.config.classes)),
    ...Object.fromEntries(rangeFacts(rangesOf(placed.training.ranges, values))),
  };
}

/** The ranges found by training so far; none before its first step. */
function rangesOf(names: readonly string[], values: ReadonlyMap<string, Float32Array>): TrainedRanges {
  return new Map(
    names.flatMap((name) => {
      const [least = 0, most = 0, weight = 0] = values.get(name) ?? [];
      return weight > 0 ? [[name, [least / weight, most / weight]] as const] : [];
    }),
  );
}
