import { formatCount, formatFactor } from '../../../../../src/report/format-number.ts';
import type { CurvePoint, PreviewData } from '../preview-data.ts';
import { attributes, escapeText, svgText } from './markup.ts';

type Measure = 'params' | 'macs' | 'resolution';

const names: Readonly<Record<Measure, string>> = { params: 'parameters', macs: 'MACs', resolution: 'resolution' };
const height = 132;
const margin = { left: 52, right: 12, top: 12, bottom: 26 };

/** Parameters, MACs and resolution over phi: the formula as a line, published rows as dots, the shown point as a ring. */
export function drawCurves(data: PreviewData, width: number): string {
  if (data.curve.length < 2) return '';
  const measures = (['params', 'macs', 'resolution'] as const).filter((m) =>
    data.curve.some((p) => p[m] !== undefined),
  );
  return measures.map((measure) => drawCurve(data, measure, width)).join('');
}

function drawCurve(data: PreviewData, measure: Measure, width: number): string {
  const points = data.curve.filter((point) => point[measure] !== undefined);
  const rows = data.variants.filter((row) => row.phi !== undefined && row[measure] !== undefined);
  const [first, last] = [points[0] as CurvePoint, points.at(-1) as CurvePoint];
  const inRange = rows.filter((row) => row.phi! >= first.phi && row.phi! <= last.phi);
  const most = Math.max(...points.map((p) => p[measure]!), ...inRange.map((row) => row[measure]!));
  const x = (phi: number) =>
    margin.left + ((phi - first.phi) / (last.phi - first.phi)) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / most) * (height - margin.top - margin.bottom);
  const line = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${fix(x(p.phi))} ${fix(y(p[measure]!))}`).join('');
  const shown = data.phi !== undefined && data.totals?.[measure] !== undefined ? data.totals[measure] : undefined;
  const write = measure === 'resolution' ? (value: number) => String(Math.round(value)) : formatCount;
  const dots = inRange.map(
    (row) =>
      `<circle${attributes({ class: `dot ${measure}`, cx: x(row.phi!), cy: y(row[measure]!), r: 3 })}><title>${escapeText(`${row.name}: ${write(row[measure]!)}`)}</title></circle>`,
  );
  const parts = [
    ...[0, 0.5, 1].map((share) => drawLevel(share * most, y(share * most), width, write)),
    ...ticks(first.phi, last.phi).map((phi) => svgText(x(phi), height - 9, formatFactor(phi), 'axis middle')),
    `<path${attributes({ class: `curve ${measure}`, d: line })}/>`,
    ...dots,
    ...(shown === undefined || data.phi! < first.phi || data.phi! > last.phi
      ? []
      : [`<circle${attributes({ class: 'ring', cx: x(data.phi!), cy: y(Math.min(shown, most)), r: 6 })}/>`]),
  ];
  const label = `${names[measure]} over phi: from ${write(points[0]![measure]!)} at ${formatFactor(first.phi)} to ${write(last[measure]!)} at ${formatFactor(last.phi)}`;
  const svg = { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label };
  return `<figure><figcaption>${names[measure]}</figcaption><svg${attributes(svg)}>${parts.join('')}</svg></figure>`;
}

function drawLevel(value: number, y: number, width: number, write: (value: number) => string): string {
  const line = { class: 'level', x1: margin.left, x2: width - margin.right, y1: y, y2: y };
  return `<line${attributes(line)}/>${svgText(margin.left - 6, y + 4, value === 0 ? '0' : write(value), 'axis end')}`;
}

/** Whole numbers of phi, few enough to be read. */
function ticks(from: number, to: number): number[] {
  const step = Math.max(1, Math.ceil((to - from) / 8));
  const values: number[] = [];
  for (let phi = Math.ceil(from); phi <= to; phi += step) values.push(phi);
  return values;
}

function fix(value: number): string {
  return value.toFixed(1);
}
