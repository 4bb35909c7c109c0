import { roundTicks } from '../train/report/axis.ts';
import { escapeHtml } from '../train/report/html.ts';
import type { LayerReport } from './report.ts';

const [width, row] = [1120, 17];
const [left, right, top, bottom] = [330, 24, 22, 40];

/** Beyond this, in decibels, noise is invisible: longer bars end there. */
const most = 70;

/**
 * Each layer's noise as the elements of an SVG, in decibels from the left: the network's noise at its result as a dot, and that
 * of the answers with only this layer in float32, where that was measured, as a bar. Further to the right is closer to float32.
 * @param goal the requested signal-to-noise ratio, drawn as a line
 */
export function layerChart(layers: readonly LayerReport[], goal: number | undefined): string {
  const height = top + row * layers.length + bottom;
  const x = (decibels: number) =>
    (left + (Math.min(Math.max(decibels, 0), most) / most) * (width - left - right)).toFixed(1);
  const ticks = roundTicks(0, most, 7).map(
    (value) =>
      `<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${top}" y2="${height - bottom}"/><text x="${x(value)}" y="${height - bottom + 16}" text-anchor="middle">${value}</text>`,
  );
  const rows = layers.map((layer, i) => {
    const middle = top + row * (i + 0.5);
    const { path, computes, returned, sqnr } = layer;
    const name = `<text class="${computes === 'float32' ? 'float' : 'name'}" x="${left - 12}" y="${middle}" dy="0.32em" text-anchor="end">${escapeHtml(shortened(path))}</text>`;
    const bar =
      returned === undefined
        ? ''
        : `<rect class="c${computes === 'float32' ? 3 : 2}" x="${left}" y="${middle - 4}" width="${(Number(x(returned)) - left).toFixed(1)}" height="8" rx="2"/>`;
    const dot = sqnr === undefined ? '' : `<circle class="c1" cx="${x(sqnr)}" cy="${middle}" r="4"/>`;
    return `<g><title>${escapeHtml(titleOf(layer))}</title><rect class="hover" x="0" y="${middle - row / 2}" width="${width}" height="${row}"/>${name}${bar}${dot}</g>`;
  });
  const asked =
    goal === undefined
      ? ''
      : `<line class="goal" x1="${x(goal)}" x2="${x(goal)}" y1="${top - 4}" y2="${height - bottom}"/><text x="${x(goal)}" y="${top - 9}" text-anchor="middle">asked: ${goal} dB</text>`;
  const axis = `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">signal over noise, decibels</text>`;
  const legend = [
    ['k1', 'at the result of the layer, with the noise of all layers before it'],
    ...(layers.some(({ returned }) => returned !== undefined)
      ? [
          ['k2', 'of the answers, with only this layer in float32'],
          ['k3', 'the same, for a layer that was returned to float32'],
        ]
      : []),
  ].map(([color, name]) => `<span class="key"><i class="${color}"></i>${name}</span>`);
  return `<figure class="chart"><figcaption><b>Noise, layer by layer</b>${legend.join('')}</figcaption><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Noise, layer by layer">${ticks.join('')}${asked}${rows.join('')}${axis}</svg></figure>`;
}

/** The styles that only this chart needs. */
export const chartStyle =
  '.hover{fill:transparent}g:hover>.hover{fill:var(--line);opacity:.5}.chart .name{fill:var(--fg)}.chart .float{fill:var(--c3)}.goal{stroke:var(--bad);stroke-dasharray:4 3}rect.c2,rect.c3{opacity:.65}.layers{margin-top:18px}';

function titleOf({ path, op, computes, returned, sqnr }: LayerReport): string {
  const decibels = (value: number) => `${value.toFixed(1)} dB`;
  return [
    `${path}: ${op}`,
    computes,
    ...(sqnr === undefined ? [] : [`result ${decibels(sqnr)}`]),
    ...(returned === undefined ? [] : [`answers with it in float32 ${decibels(returned)}`]),
  ].join(' · ');
}

/** Long paths lose their middle: their ends distinguish them. */
function shortened(path: string): string {
  return path.length > 52 ? `${path.slice(0, 20)}…${path.slice(-31)}` : path;
}
