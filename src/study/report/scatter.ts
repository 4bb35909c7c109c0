import { textLength } from '../../report/drawing/text-metrics.ts';
import { roundTicks } from '../../train/report/axis.ts';
import { escapeHtml } from '../../train/report/html.ts';

/** Points of one kind, each with its name. */
export interface PointSeries {
  readonly name: string;
  /** Which of the page's colours, 1 to 3; without one they are faint. */
  readonly color?: 1 | 2 | 3;
  /** Whether a line joins the points. */
  readonly joined?: boolean;
  readonly points: readonly { readonly x: number; readonly y: number; readonly title: string }[];
}

export interface Scatter {
  readonly title: string;
  readonly x: { readonly name: string; readonly format: (value: number) => string };
  readonly y: { readonly name: string; readonly format: (value: number) => string };
  readonly series: readonly PointSeries[];
}

const [width, height] = [720, 400];
const [left, right, top, bottom] = [66, 20, 16, 46];

/**
 * Accuracy against cost as the elements of an SVG; costs on a logarithmic axis where they span more than a factor of 3.
 */
export function scatterSvg({ title, x, y, series }: Scatter): string {
  const all = series.flatMap(({ points }) => points);
  const xs = all.map((point) => point.x);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const isLog = least > 0 && most > 3 * least;
  const scale = isLog ? Math.log10 : (value: number) => value;
  const [x0, x1] = widened(scale(least), scale(most));
  const ys = all.map((point) => point.y);
  const [y0, y1] = widened(Math.min(...ys), Math.max(...ys));
  const px = (value: number) => left + ((scale(value) - x0) / (x1 - x0)) * (width - left - right);
  const py = (value: number) => height - bottom - ((value - y0) / (y1 - y0)) * (height - top - bottom);
  const rows = roundTicks(y0, y1, 5).map((value) => {
    const at = py(value).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${at}" dy="0.32em" text-anchor="end">${escapeHtml(y.format(value))}</text>`;
  });
  const columns = (isLog ? logTicks(10 ** x0, 10 ** x1) : roundTicks(x0, x1, 6)).map(
    (value) =>
      `<text x="${px(value).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${escapeHtml(x.format(value))}</text>`,
  );
  const taken: number[] = [];
  /** A height for a label where there is no other. */
  const free = (wanted: number) => {
    let at = wanted;
    while (taken.some((other) => Math.abs(other - at) < 12)) at -= 12;
    taken.push(at);
    return at.toFixed(1);
  };
  const drawn = series.map(({ name, color, joined, points }) => {
    const places = points.map((point) => ({ ...point, at: [px(point.x).toFixed(1), py(point.y).toFixed(1)] as const }));
    const line =
      joined && places.length > 1
        ? `<path class="${color ? `s${color}` : 'plain'}" d="M${places.map(({ at }) => at.join(' ')).join('L')}"/>`
        : '';
    const marks = places.map(
      ({ at: [cx, cy], title }) =>
        `<circle class="${color ? `c${color}` : 'faint'}" cx="${cx}" cy="${cy}" r="${color ? 5 : 3.5}"><title>${escapeHtml(title)}</title></circle>`,
    );
    const last = joined && !color ? places.at(-1) : undefined;
    const label = last
      ? `<text x="${Number(last.at[0]) - 8}" y="${free(Number(last.at[1]) - 7)}" text-anchor="end">${escapeHtml(name)}</text>`
      : '';
    return line + marks.join('') + label;
  });
  const names = `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(x.name)}</text><text transform="translate(14 ${(height - bottom + top) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y.name)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${rows.join('')}${columns.join('')}${names}${drawn.join('')}</svg>`;
}

/** The figure of a page: the plot with its legend. */
export function scatterFigure(scatter: Scatter): string {
  const legend = named(scatter).map(
    ({ name, color }) =>
      `<span class="key"><i class="${color ? `k${color}` : 'k-faint'}"></i>${escapeHtml(name)}</span>`,
  );
  return `<figure class="chart"><figcaption><b>${escapeHtml(scatter.title)}</b>${legend.join('')}</figcaption>${scatterSvg(scatter)}</figure>`;
}

/** The plot as a separate file, for light and dark pages. */
export function scatterFile(scatter: Scatter): string {
  const colors = ['#2463c4', '#c2571a', '#1c8a63'];
  const style = [
    'text{font:11px system-ui,sans-serif;fill:#777}.grid{stroke:#8884}.faint{fill:#8888}path{fill:none;stroke-width:2}.plain{stroke:#8886;stroke-width:1}',
    ...colors.map((color, i) => `.c${i + 1}{fill:${color}}.s${i + 1}{stroke:${color}}`),
  ].join('');
  // below the plot, where there are no points
  const y = height + 12;
  let at = left;
  const legend = named(scatter).map(({ name, color }) => {
    const x = Math.round(at);
    at += 10 + textLength(name, 11) * 1.1 + 28;
    return `<circle class="${color ? `c${color}` : 'faint'}" cx="${x}" cy="${y}" r="4"/><text x="${x + 10}" y="${y}" dy="0.32em">${escapeHtml(name)}</text>`;
  });
  return scatterSvg(scatter)
    .replace(`0 0 ${width} ${height}`, `0 0 ${width} ${height + 24}`)
    .replace(/^(<svg[^>]*>)/, `$1<style>${style}</style>`)
    .replace('</svg>', `${legend.join('')}</svg>\n`);
}

/** Lines have their names next to them. */
function named({ series }: Scatter): readonly PointSeries[] {
  return series.filter(({ color, joined }) => color !== undefined || !joined);
}

function widened(low: number, high: number): readonly [number, number] {
  const room = high > low ? (high - low) * 0.06 : Math.max(Math.abs(high) * 0.05, 1e-9);
  return [low - room, high + room];
}

function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const factor of [1, 2, 5]) {
      const value = factor * 10 ** power;
      if (value >= low && value <= high) ticks.push(value);
    }
  }
  return ticks;
}
