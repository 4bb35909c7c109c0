import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatExact, formatPercent } from '../../report/format-number.ts';
import { columnsOf, type Paint, renderTable } from '../../report/text-table.ts';
import type { Evaluation } from '../../train/loop/evaluate.ts';
import { type ClassScore, classScores, macroScores } from '../../train/metrics/class-scores.ts';
import { frequentConfusions } from '../../train/report/confusion.ts';

/** The most classes that are listed, the worst first; half as many pairs. */
const listed = 20;

/** An evaluation for people. */
export function evalText(evaluation: Evaluation, classes: readonly string[], what: string, paint: Paint): string {
  const { images, loss, accuracy, top5, confusion } = evaluation;
  const scores = classScores(confusion, classes);
  const macro = macroScores(scores);
  const worst = scores.filter((score) => score.images > 0).sort((a, b) => a.recall - b.recall);
  const without = scores.filter((score) => score.images === 0).map(({ name }) => name);
  const more = worst.length - listed;
  const parts = [
    `${what}: ${formatExact(images)} ${nounFor(images, 'image')}\n`,
    `top-1 ${formatPercent(accuracy)}   top-5 ${formatPercent(top5)}   balanced accuracy ${formatPercent(macro.recall)}   macro F1 ${formatPercent(macro.f1)}   loss ${loss.toFixed(4)}\n`,
    renderTable(
      columnsOf(['class'], ['images', 'found', 'precision', 'F1']),
      worst.slice(0, listed).map((s) => [s.name, formatExact(s.images), ...shares(s)]),
      {
        paint,
        footer: [`mean over ${macro.classes} ${nounFor(macro.classes, 'class', 'classes')}`, '', ...shares(macro)],
      },
    ),
    ...(more > 0
      ? [`${more} more ${nounFor(more, 'class is', 'classes are')} found more often; --json lists all.\n`]
      : []),
    ...(without.length > 0 ? [withoutImages(without)] : []),
  ];
  const pairs = frequentConfusions(confusion, classes).slice(0, listed / 2);
  if (pairs.length > 0) {
    parts.push(
      renderTable(
        columnsOf(['taken for another', ''], ['images']),
        pairs.map((pair) => [pair.label, `as ${pair.predicted}`, formatExact(pair.count)]),
        { paint },
      ),
    );
  }
  return parts.join('\n');
}

function shares({ recall, precision, f1 }: Pick<ClassScore, 'recall' | 'precision' | 'f1'>): string[] {
  return [formatPercent(recall), formatPercent(precision), formatPercent(f1)];
}

function withoutImages(names: readonly string[]): string {
  const shown = names.slice(0, listed).join(', ');
  const more = names.length > listed ? ` and ${names.length - listed} more` : '';
  return `Without images, and not in the mean: ${shown}${more}.\n`;
}

/** An evaluation for machines. */
export function evalJson(evaluation: Evaluation, classes: readonly string[]) {
  const { images, loss, accuracy, top5, confusion } = evaluation;
  const k = classes.length;
  const scores = classScores(confusion, classes);
  const { recall, ...macro } = macroScores(scores);
  return {
    images,
    loss,
    top1: accuracy,
    top5,
    balancedAccuracy: recall,
    macro: { precision: macro.precision, recall, f1: macro.f1, classes: macro.classes },
    classes: scores,
    confusion: classes.map((_, row) => [...confusion.subarray(row * k, (row + 1) * k)]),
  };
}
