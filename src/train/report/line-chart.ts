import { roundTicks } from './axis.ts';
import { escapeHtml, shortNumber } from './html.ts';

export interface Series {
  readonly name: string;
  /** Which of the page's colours, 1 to 3. */
  readonly color: 1 | 2 | 3;
  /** A thin line behind the others, for single steps. */
  readonly faint?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  readonly title: string;
  /** A note on how to read it. */
  readonly note?: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** Bounds of the upright axis, else those of the values. */
  readonly low?: number;
  readonly high?: number;
}

const [width, height] = [560, 250];
const [left, right, top, bottom] = [58, 14, 10, 34];
/** More points than the figure can resolve. */
const mostPoints = 400;

/** A figure of lines over epochs, as SVG with a legend. The page's script shows values under the pointer. */
export function lineChart({ title, note, series, format, low, high }: LineChart): string {
  const drawn = series.filter(({ points }) => points.length > 0);
  const lines = drawn.map((line) => ({ ...line, points: thinned(line.points) }));
  const all = lines.flatMap(({ points }) => points);
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const bounds = {
    x: [Math.min(0, ...xs), Math.max(1, ...xs)] as const,
    y: widened(low ?? Math.min(...ys), high ?? Math.max(...ys)),
  };
  const px = (x: number) => left + ((x - bounds.x[0]) / (bounds.x[1] - bounds.x[0])) * (width - left - right);
  const py = (y: number) =>
    height - bottom - ((y - bounds.y[0]) / (bounds.y[1] - bounds.y[0])) * (height - top - bottom);
  const rows = roundTicks(bounds.y[0], bounds.y[1], 4).map((y) => {
    const at = py(y).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${at}" dy="0.32em" text-anchor="end">${escapeHtml(format(y))}</text>`;
  });
  const columns = roundTicks(bounds.x[0], bounds.x[1], 6)
    .filter(Number.isInteger)
    .map(
      (x) =>
        `<text x="${px(x).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${shortNumber(x, 6)}</text>`,
    );
  const paths = lines.map(({ points, color, faint }) => {
    const [only, second] = points;
    if (only && !second) return `<circle class="c${color}" cx="${px(only[0])}" cy="${py(only[1])}" r="3"/>`;
    const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join('');
    return `<path class="s${color}${faint ? ' faint' : ''}" d="${d}"/>`;
  });
  const legend = lines.map(
    ({ name, color, faint }) =>
      `<span class="key"><i class="k${color}${faint ? ' faint' : ''}"></i>${escapeHtml(name)}</span>`,
  );
  const data = lines.map(({ name, color, points }) => ({
    name,
    color,
    points: points.map(([x, y]) => [Number(px(x).toFixed(1)), String(Number(x.toFixed(2))), format(y)]),
  }));
  return `<figure class="chart" data-lines="${escapeHtml(JSON.stringify(data))}"><figcaption><b>${escapeHtml(title)}</b>${legend.join('')}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${rows.join('')}${columns.join('')}<text x="${(left + width - right) / 2}" y="${height - 4}" text-anchor="middle">epoch</text>${paths.join('')}<line class="cross" y1="${top}" y2="${height - bottom}"/></svg>${note === undefined ? '' : `<p class="note">${escapeHtml(note)}</p>`}</figure>`;
}

/** A small margin, and some height for a flat line. */
function widened(low: number, high: number): readonly [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const room = high > low ? (high - low) * 0.04 : Math.max(Math.abs(high) * 0.1, 1e-9);
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Means over neighbours where there are too many points. */
function thinned(points: Series['points']): Series['points'] {
  if (points.length <= mostPoints) return points;
  const size = Math.ceil(points.length / mostPoints);
  const means: [number, number][] = [];
  for (let at = 0; at < points.length; at += size) {
    const group = points.slice(at, at + size);
    const mean = (i: 0 | 1) => group.reduce((sum, point) => sum + point[i], 0) / group.length;
    means.push([mean(0), mean(1)]);
  }
  return means;
}
