import { nounFor } from '../../diagnostics/noun-for.ts';
import { formatPercent } from '../../report/format-number.ts';
import { type Confusion, classScores, macroScores } from '../metrics/class-scores.ts';
import { escapeHtml, htmlTable } from './html.ts';

/** The most classes for which the whole matrix is drawn; beyond that its largest cells are listed. */
const drawnClasses = 40;
const listed = 20;

/** The most frequently confused pairs of classes, the most frequent first. */
export function frequentConfusions(
  confusion: Confusion,
  classes: readonly string[],
): { readonly label: string; readonly predicted: string; readonly count: number }[] {
  const k = classes.length;
  const pairs: { label: string; predicted: string; count: number }[] = [];
  for (const [cell, count] of confusion.entries()) {
    const [row, column] = [Math.floor(cell / k), cell % k];
    if (row === column || count === 0) continue;
    pairs.push({ label: classes[row] as string, predicted: classes[column] as string, count });
  }
  return pairs.sort((a, b) => b.count - a.count).slice(0, listed);
}

/** The confusion matrix as HTML: rows are the images' classes, columns what was predicted. */
export function confusionHtml(confusion: Confusion, classes: readonly string[]): string {
  if (classes.length > drawnClasses) {
    const rows = frequentConfusions(confusion, classes).map((p) => [
      `${escapeHtml(p.label)} predicted as ${escapeHtml(p.predicted)}`,
      String(p.count),
    ]);
    return rows.length === 0
      ? '<p class="note">No image is misclassified.</p>'
      : htmlTable(['most frequent', 'images'], rows);
  }
  const k = classes.length;
  // Long names are vertical, so that the columns stay narrow.
  const upright = classes.some((name) => name.length > 3);
  const head = classes.map((name) => `<th class="${upright ? 'up' : 'over'}"><span>${escapeHtml(name)}</span></th>`);
  const rows = classes.map((name, row) => {
    const values = [...confusion.subarray(row * k, (row + 1) * k)];
    const total = values.reduce((a, b) => a + b, 0);
    const cells = values.map((count, column) => {
      const share = total === 0 ? 0 : count / total;
      // The root makes few mistakes visible among many hits.
      const shade = Math.round(100 * Math.sqrt(share));
      const what = row === column ? 'hit' : 'miss';
      const title = `${count} of ${total} ${nounFor(total, 'image')} of ${name} predicted as ${classes[column]} (${formatPercent(share)})`;
      return `<td class="${what}${shade > 60 ? ' deep' : ''}" style="--s:${shade}%" title="${escapeHtml(title)}">${count === 0 ? '' : count}</td>`;
    });
    return `<tr><th>${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="confusion"><thead><tr><th></th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="note">Rows are the images' classes, columns the predicted ones.</p>`;
}

/** A table of the classes, the worst first, with means and a list of classes without images. */
export function classTable(confusion: Confusion, classes: readonly string[]): string {
  const scores = classScores(confusion, classes);
  const worst = scores.filter(({ images }) => images > 0).sort((a, b) => a.recall - b.recall);
  const without = scores.filter(({ images }) => images === 0).map(({ name }) => name);
  const macro = macroScores(scores);
  const shown = worst.slice(0, drawnClasses);
  const cells = (name: string, images: string, s: Pick<(typeof worst)[0], 'recall' | 'precision' | 'f1'>) => [
    name,
    images,
    formatPercent(s.recall),
    formatPercent(s.precision),
    formatPercent(s.f1),
  ];
  const rows = [
    cells(`<b>mean over ${macro.classes} ${nounFor(macro.classes, 'class', 'classes')}</b>`, '', macro),
    ...shown.map((c) => cells(escapeHtml(c.name), String(c.images), c)),
  ];
  const rest = worst.length - shown.length;
  const notes = [
    'The mean share found is the balanced accuracy: each class counts equally, however many images it has.',
    ...(rest > 0
      ? [
          `The ${shown.length} classes with the smallest share found; ${rest} more ${nounFor(rest, 'is', 'are')} not shown.`,
        ]
      : []),
    ...(without.length > 0
      ? [`Without images, and therefore not in the mean: ${escapeHtml(without.join(', '))}.`]
      : []),
  ];
  const table = htmlTable(['class', 'images', 'found', 'precision', 'F1'], rows);
  return table + notes.map((note) => `<p class="note">${note}</p>`).join('');
}
