import { nounFor } from '../../diagnostics/noun-for.ts';
import type { Evaluation } from '../loop/evaluate.ts';
import { escapeHtml, htmlTable, percent } from './html.ts';

/** Up to so many classes the matrix is drawn whole; above, its largest cells are listed. */
const drawnClasses = 40;
const listed = 20;

/** How a class is told from the others. Shares are 0 where there is nothing to divide by. */
export interface ClassScore {
  readonly name: string;
  readonly images: number;
  /** The share of its images that are found, and of what is taken for it that is right. */
  readonly recall: number;
  readonly precision: number;
}

/** The scores of each class, in the order of the classes. */
export function classScores({ confusion }: Evaluation, classes: readonly string[]): ClassScore[] {
  const k = classes.length;
  return classes.map((name, c) => {
    let [images, taken] = [0, 0];
    for (let other = 0; other < k; other++) {
      images += confusion[c * k + other] as number;
      taken += confusion[other * k + c] as number;
    }
    const right = confusion[c * k + c] as number;
    return { name, images, recall: images === 0 ? 0 : right / images, precision: taken === 0 ? 0 : right / taken };
  });
}

/** The pairs of classes that are taken for each other most often, the most frequent first. */
export function frequentConfusions(
  { confusion }: Evaluation,
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
export function confusionHtml(evaluation: Evaluation, classes: readonly string[]): string {
  if (classes.length > drawnClasses) {
    const rows = frequentConfusions(evaluation, classes).map((p) => [
      `${escapeHtml(p.label)} taken for ${escapeHtml(p.predicted)}`,
      String(p.count),
    ]);
    return rows.length === 0
      ? '<p class="note">No image is taken for another class.</p>'
      : htmlTable(['most frequent', 'images'], rows);
  }
  const k = classes.length;
  // Long names stand upright, so that the columns stay narrow.
  const upright = classes.some((name) => name.length > 3);
  const head = classes.map((name) => `<th class="${upright ? 'up' : 'over'}"><span>${escapeHtml(name)}</span></th>`);
  const rows = classes.map((name, row) => {
    const values = [...evaluation.confusion.subarray(row * k, (row + 1) * k)];
    const total = values.reduce((a, b) => a + b, 0);
    const cells = values.map((count, column) => {
      const share = total === 0 ? 0 : count / total;
      // The root makes few mistakes visible beside many hits.
      const shade = Math.round(100 * Math.sqrt(share));
      const what = row === column ? 'hit' : 'miss';
      const title = `${count} of ${total} ${nounFor(total, 'image')} of ${name} taken for ${classes[column]} (${percent(share)})`;
      return `<td class="${what}${shade > 60 ? ' deep' : ''}" style="--s:${shade}%" title="${escapeHtml(title)}">${count === 0 ? '' : count}</td>`;
    });
    return `<tr><th>${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="confusion"><thead><tr><th></th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="note">Rows are the images' classes, columns the predicted ones.</p>`;
}

/** A table of the classes, the worst first. */
export function classTable(evaluation: Evaluation, classes: readonly string[]): string {
  const worst = classScores(evaluation, classes)
    .filter(({ images }) => images > 0)
    .sort((a, b) => a.recall - b.recall);
  const shown = worst.slice(0, drawnClasses);
  const rows = shown.map((c) => [escapeHtml(c.name), String(c.images), percent(c.recall), percent(c.precision)]);
  const rest = worst.length - shown.length;
  const note =
    rest > 0
      ? `<p class="note">The ${shown.length} classes that are found least; ${rest} more ${nounFor(rest, 'is', 'are')} not shown.</p>`
      : '';
  return htmlTable(['class', 'images', 'found', 'precision'], rows) + note;
}
