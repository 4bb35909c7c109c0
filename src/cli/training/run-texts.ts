import { join } from 'node:path';
import { totalCost } from '../../5-graph/cost.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { formatCount, formatExact, formatPercent } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import type { Run, RunOutcome } from '../../train/api.ts';
import { classCountsText } from '../../train/data/class-counts.ts';
import { classScores, macroScores } from '../../train/metrics/class-scores.ts';
import { stepProcesses } from '../../train/run/run-config.ts';
import { peakRate } from '../../train/schedule.ts';
import { flag } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';

/** Prints what is about to be trained, on what and where. */
export function announceRun(run: Run, args: Arguments, io: Io): void {
  if (flag(args, 'quiet') || flag(args, 'json')) return;
  const { folder, config, network, backend, validatedOn } = run;
  const { settings, images, classes } = config;
  const processes = stepProcesses(config);
  const parts = [settings.batch, settings.accumulate, processes].filter((n, i) => i === 0 || n > 1);
  const step = { ...settings, accumulate: settings.accumulate * processes };
  const { params } = totalCost(network.graph);
  const validation =
    validatedOn === undefined
      ? 'none to validate with'
      : `${formatExact(images.validation)} to validate with${validatedOn === 'test' ? ' (the test images: the data has no others)' : ''}`;
  const lines = [
    [
      'network',
      `${network.graph.name}, ${formatCount(params)} ${nounFor(params, 'parameter')}, ${describePoint(network.point)}`,
    ],
    [
      'data',
      `${formatExact(images.train)} ${nounFor(images.train, 'image')} of ${classes.length} ${nounFor(classes.length, 'class', 'classes')}, ${validation}`,
    ],
    ['classes', classCountsText(run.classes)],
    ['backend', `${backend.name}: ${backend.description}`],
    [
      'recipe',
      `${settings.epochs} ${nounFor(settings.epochs, 'epoch')}, ${parts.join(' x ')} ${nounFor(settings.batch * step.accumulate, 'image')} per step, ${settings.optimiser}, rate ${Number(peakRate(step).toPrecision(4))}, ${settings.augment === 'none' ? 'no' : settings.augment} augmentation, seed ${settings.seed}`,
    ],
    ['run', folder.shown],
  ];
  for (const [what = '', text = ''] of lines) io.stdout.write(`${what.padEnd(8)} ${safeText(text)}\n`);
}

/** Prints how a run ended, and what can be done with it. */
export function reportEnd(outcome: RunOutcome, classes: readonly string[], args: Arguments, io: Io): void {
  const { folder, finished, step, best, bestEvaluation, corrupt } = outcome;
  const { shown } = folder;
  const macro = bestEvaluation && macroScores(classScores(bestEvaluation.confusion, classes));
  if (flag(args, 'json')) {
    const scores = best && { ...best, ...(macro && { balancedAccuracy: macro.recall, macroF1: macro.f1 }) };
    io.stdout.write(
      `${JSON.stringify({ kind: 'end', run: shown, finished, step, ...(scores && { best: scores }), corrupt })}\n`,
    );
    return;
  }
  if (corrupt > 0 && !flag(args, 'quiet')) {
    io.stderr.write(
      `warning: ${corrupt} ${nounFor(corrupt, 'image')} could not be read and ${corrupt === 1 ? 'was' : 'were'} left out\n`,
    );
  }
  if (!finished) {
    io.stderr.write(`stopped after step ${step}, with a checkpoint; continue with\n  enetc train --resume ${shown}\n`);
    return;
  }
  if (flag(args, 'quiet')) return;
  const weights = best?.weights === 'averages' ? 'the averaged weights' : 'the weights';
  const file = join(shown, best ? 'best.safetensors' : 'last.safetensors');
  const score = best
    ? `best accuracy ${formatPercent(best.accuracy)}${macro ? `, balanced ${formatPercent(macro.recall)}` : ''}, in epoch ${best.epoch + 1}, with ${weights}\n`
    : '';
  io.stdout.write(`${score}weights  ${file}\nreport   ${join(shown, 'report.html')}\n`);
}
