import { join } from 'node:path';
import { totalCost } from '../../5-graph/cost.ts';
import type { Backend } from '../../backends/backend.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { formatCount, formatExact } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import { type ClassCount, classCounts, classCountsText, classCountsWarnings } from '../../train/data/class-counts.ts';
import type { Dataset } from '../../train/data/types.ts';
import { runLength, warmupWarning } from '../../train/loop/run-length.ts';
import type { TrainingOutcome } from '../../train/loop/task.ts';
import { classScores, macroScores } from '../../train/metrics/class-scores.ts';
import type { RunConfig } from '../../train/run/run-config.ts';
import type { RunFolder } from '../../train/run/run-folder.ts';
import { peakRate } from '../../train/schedule.ts';
import { type Arguments, flag } from '../arguments.ts';
import type { Io } from '../io.ts';
import { percent } from './format.ts';
import { validationSplit } from './loader-options.ts';
import type { RunLoaders } from './open-loaders.ts';
import type { OpenedRun } from './open-run.ts';

/** The share of the images that an epoch may leave out unsaid. */
const fewLeftOut = 0.02;

/** What a run's user should know and would not see: each a line. */
function warningsOf(
  { config }: OpenedRun,
  dataset: Dataset,
  counts: readonly ClassCount[],
  { train }: RunLoaders,
): string[] {
  const { settings } = config;
  const { images } = config;
  const leftOut = images.train - train.images;
  const warmup = warmupWarning(settings, runLength(settings, train));
  return [
    ...dataset.warnings,
    ...classCountsWarnings(counts, settings.balanced || settings['class-weights'] !== undefined),
    ...(leftOut > fewLeftOut * images.train
      ? [
          `${leftOut} of ${formatExact(images.train)} images ${nounFor(leftOut, 'is', 'are')} left out of each epoch: it would be a batch of its own, from which batch norms learn nothing; another --batch takes it in`,
        ]
      : []),
    ...(warmup === undefined ? [] : [warmup]),
  ];
}

/** Says what is about to be trained, on what and where, and what of that is likely not meant. */
export function announceRun(
  run: OpenedRun,
  dataset: Dataset,
  loaders: RunLoaders,
  backend: Backend,
  args: Arguments,
  io: Io,
): void {
  if (flag(args, 'quiet')) return;
  const split = validationSplit(dataset);
  const { train } = dataset.splits;
  const counts = train ? classCounts(dataset.classes, train, split && dataset.splits[split]) : [];
  const warnings = warningsOf(run, dataset, counts, loaders);
  if (flag(args, 'json')) {
    io.stdout.write(`${JSON.stringify({ kind: 'data', classes: counts })}\n`);
    for (const message of warnings) io.stdout.write(`${JSON.stringify({ kind: 'warning', message })}\n`);
    return;
  }
  for (const message of warnings) io.stderr.write(`warning: ${safeText(message)}\n`);
  const { folder, config, network } = run;
  const { settings, images, classes } = config;
  const { params } = totalCost(network.graph);
  const validation =
    split === undefined
      ? 'none to validate with'
      : `${formatExact(images.validation)} to validate with${split === 'test' ? ' (the test images: the data have no others)' : ''}`;
  const lines = [
    [
      'network',
      `${network.graph.name}, ${formatCount(params)} ${nounFor(params, 'parameter')}, ${describePoint(network.point)}`,
    ],
    [
      'data',
      `${formatExact(images.train)} ${nounFor(images.train, 'image')} of ${classes.length} ${nounFor(classes.length, 'class', 'classes')}, ${validation}`,
    ],
    ['classes', classCountsText(counts)],
    ['backend', `${backend.name}: ${backend.description}`],
    [
      'recipe',
      `${settings.epochs} ${nounFor(settings.epochs, 'epoch')}, ${settings.batch}${settings.accumulate > 1 ? ` x ${settings.accumulate}` : ''} ${nounFor(settings.batch * settings.accumulate, 'image')} a step, ${settings.optimiser}, rate ${Number(peakRate(settings).toPrecision(4))}, ${settings.augment} augmentation, seed ${settings.seed}`,
    ],
    ['run', folder.shown],
  ];
  for (const [what = '', text = ''] of lines) io.stdout.write(`${what.padEnd(8)} ${safeText(text)}\n`);
}

/** Says how a run ended, and what can be done with it. @param corrupt images that could not be read. */
export function reportEnd(
  { shown }: RunFolder,
  { classes }: RunConfig,
  { finished, step, best, bestEvaluation }: TrainingOutcome,
  corrupt: number,
  args: Arguments,
  io: Io,
): void {
  const macro = bestEvaluation && macroScores(classScores(bestEvaluation.confusion, classes));
  if (flag(args, 'json')) {
    const scores = best && { ...best, ...(macro && { balancedAccuracy: macro.recall, macroF1: macro.f1 }) };
    io.stdout.write(
      `${JSON.stringify({ kind: 'end', run: shown, finished, step, ...(scores && { best: scores }), corrupt })}\n`,
    );
    return;
  }
  if (corrupt > 0 && !flag(args, 'quiet')) {
    io.stderr.write(`warning: ${corrupt} ${nounFor(corrupt, 'image')} could not be read and did not count\n`);
  }
  if (!finished) {
    io.stderr.write(`stopped after step ${step}, with a checkpoint; go on with\n  enetc train --resume ${shown}\n`);
    return;
  }
  if (flag(args, 'quiet')) return;
  const weights = best?.weights === 'averages' ? 'the averages of the weights' : 'the weights';
  const file = join(shown, best ? 'best.safetensors' : 'last.safetensors');
  const score = best
    ? `best accuracy ${percent(best.accuracy)}${macro ? `, balanced ${percent(macro.recall)}` : ''}, in epoch ${best.epoch + 1}, by ${weights}\n`
    : '';
  io.stdout.write(`${score}weights  ${file}\nreport   ${join(shown, 'report.html')}\n`);
}
