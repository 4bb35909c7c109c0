import { nounFor } from '../diagnostics/noun-for.ts';
import { formatExact, formatPercent } from '../report/format-number.ts';
import { escapeHtml, htmlTable } from '../train/report/html.ts';
import { style } from '../train/report/page.ts';
import { thumbnailUrl } from '../train/report/thumbnail.ts';
import type { Classifier } from './classifier.ts';
import type { PredictedPicture } from './predict-pictures.ts';

/** How many pictures each end of the report shows. */
const shown = 48;

/** A picture in a report. */
interface KeptPicture extends Pick<PredictedPicture, 'file' | 'predictions'> {
  /** A `data:` URL of a PNG. */
  readonly image: string;
}

/** What is kept of any number of pictures: both ends of the order by the top class's probability, and counts. */
export interface PredictionReport {
  add(picture: PredictedPicture): void;
  /** A file that is not a picture, or a damaged one. */
  addUnread(file: string, reason: string): void;
  /** The report as one self-contained HTML file. */
  html(): string;
}

export function createReport({ name, engine, image }: Classifier): PredictionReport {
  const surest: KeptPicture[] = [];
  const leastSure: KeptPicture[] = [];
  const counts = new Map<string, number>();
  let pictures = 0;
  /** The first of those that could not be read, and how many there were. */
  const unread: string[] = [];
  let unreadCount = 0;
  return {
    add(picture) {
      const { file, predictions } = picture;
      const label = predictions[0]?.label ?? '';
      pictures++;
      counts.set(label, (counts.get(label) ?? 0) + 1);
      const kept = { file, predictions, image: thumbnailUrl(picture, image.preprocessing) };
      insert(surest, kept, (a, b) => sureness(b) - sureness(a));
      insert(leastSure, kept, (a, b) => sureness(a) - sureness(b));
    },
    addUnread(file, reason) {
      unreadCount++;
      if (unread.length < shown) unread.push(`<li>${escapeHtml(file)}: ${escapeHtml(reason)}</li>`);
    },
    html() {
      const rows = [...counts]
        .sort((a, b) => b[1] - a[1])
        .map(([label, count]) => [escapeHtml(label), formatExact(count)]);
      const both = pictures > shown;
      return [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
        `<title>${escapeHtml(name)}</title><style>${style}</style></head><body><main>`,
        `<h1>${formatExact(pictures)} ${nounFor(pictures, 'picture')}</h1><p class="lead">${escapeHtml(name)}, on ${escapeHtml(engine)}</p>`,
        `<h2>${both ? 'Surest' : 'The surest first'}</h2>${figures(surest)}`,
        both ? `<h2>Least sure</h2>${figures(leastSure)}` : '',
        `<h2>Classes</h2>${htmlTable(['likeliest class', 'pictures'], rows)}`,
        unreadCount > 0 ? `<h2>Not read: ${formatExact(unreadCount)}</h2><ul>${unread.join('')}</ul>` : '',
        '</main></body></html>\n',
      ].join('\n');
    },
  };
}

function sureness({ predictions }: KeptPicture): number {
  return predictions[0]?.probability ?? 0;
}

/** Inserts a picture at its place, after equal ones, and drops the last. */
function insert(list: KeptPicture[], picture: KeptPicture, order: (a: KeptPicture, b: KeptPicture) => number): void {
  const at = list.findIndex((other) => order(picture, other) < 0);
  list.splice(at < 0 ? list.length : at, 0, picture);
  list.splice(shown);
}

function figures(pictures: readonly KeptPicture[]): string {
  const all = pictures.map(({ file, predictions, image }) => {
    const [first, ...others] = predictions.map(
      // number and sign stay on one line
      ({ label, probability }) => `${escapeHtml(label)}, ${formatPercent(probability, 1).replace(' ', '&nbsp;')}`,
    );
    const rest = others.map((line) => `<small>${line}</small>`).join('');
    return `<figure><img alt="" src="${escapeHtml(image)}"><figcaption><b>${first ?? ''}</b>${rest}<small>${escapeHtml(file)}</small></figcaption></figure>`;
  });
  return `<div class="images">${all.join('')}</div>`;
}
