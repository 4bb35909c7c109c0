import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatExact } from '../../report/format-number.ts';
import { type Paint, renderTable } from '../../report/text-table.ts';
import type { Evaluation } from '../../train/loop/evaluate.ts';
import { classScores, frequentConfusions } from '../../train/report/confusion.ts';
import { percent } from './format.ts';

/** So many classes are listed, the worst first, and so many pairs. */
const listed = 20;

/** An evaluation for people. */
export function evalText(evaluation: Evaluation, classes: readonly string[], what: string, paint: Paint): string {
  const { images, loss, accuracy, top5 } = evaluation;
  const worst = classScores(evaluation, classes)
    .filter((score) => score.images > 0)
    .sort((a, b) => a.recall - b.recall);
  const more = worst.length - listed;
  const parts = [
    `${what}: ${formatExact(images)} ${nounFor(images, 'image')}\n`,
    `top-1 ${percent(accuracy)}   top-5 ${percent(top5)}   loss ${loss.toFixed(4)}\n`,
    renderTable(
      [
        { title: 'class' },
        { title: 'images', align: 'right' },
        { title: 'found', align: 'right' },
        { title: 'precision', align: 'right' },
      ],
      worst.slice(0, listed).map((s) => [s.name, formatExact(s.images), percent(s.recall), percent(s.precision)]),
      { paint },
    ),
    ...(more > 0
      ? [`${more} more ${nounFor(more, 'class is', 'classes are')} found more often; --json lists all.\n`]
      : []),
  ];
  const pairs = frequentConfusions(evaluation, classes).slice(0, listed / 2);
  if (pairs.length > 0) {
    parts.push(
      renderTable(
        [{ title: 'taken for another' }, { title: '' }, { title: 'images', align: 'right' }],
        pairs.map((pair) => [pair.label, `as ${pair.predicted}`, formatExact(pair.count)]),
        { paint },
      ),
    );
  }
  return parts.join('\n');
}

/** An evaluation for machines. */
export function evalJson(evaluation: Evaluation, classes: readonly string[]) {
  const { images, loss, accuracy, top5, confusion } = evaluation;
  const k = classes.length;
  return {
    images,
    loss,
    top1: accuracy,
    top5,
    classes: classScores(evaluation, classes),
    confusion: classes.map((_, row) => [...confusion.subarray(row * k, (row + 1) * k)]),
  };
}
