import { safeText } from '../../diagnostics/text-width.ts';
import type { PredictedPicture } from '../../predict/predict-pictures.ts';
import { formatPercent } from '../../report/format-number.ts';
import type { Paint } from '../../report/text-table.ts';

type Answer = Pick<PredictedPicture, 'file' | 'predictions'>;

/** A picture and its classes for people. */
export function pictureText({ file, predictions }: Answer, paint: Paint): string {
  const lines = predictions.map(({ label, probability }) => {
    return `  ${formatPercent(probability, 1).padStart(7)}  ${safeText(label)}\n`;
  });
  return `${paint.bold(safeText(file))}\n${lines.join('')}`;
}

export const csvHeader = 'file,rank,label,index,probability\n';

/** A row for each class of a picture, as RFC 4180 has it. */
export function csvText({ file, predictions }: Answer): string {
  return predictions
    .map(({ label, index, probability }, i) => `${quoted(file)},${i + 1},${quoted(label)},${index},${probability}\n`)
    .join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
