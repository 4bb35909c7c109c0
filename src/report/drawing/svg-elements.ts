import { ink, paper, type Swatch } from './palette.ts';

/** The few SVG elements that the drawings are made of. All text passes `escapeXml`. */

export type Point = readonly [x: number, y: number];

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function svgText(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 12, bold, fill = ink, anchor } = style;
  const attributes = [
    `x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${fill}"`,
    bold ? ' font-weight="bold"' : '',
    anchor && anchor !== 'start' ? ` text-anchor="${anchor}"` : '',
  ];
  return `<text ${attributes.join('')}>${escapeXml(content)}</text>`;
}

export function svgBox(
  x: number,
  y: number,
  width: number,
  height: number,
  swatch: Swatch,
  dashed = false,
  radius = 5,
): string {
  const dash = dashed ? ' stroke-dasharray="4 3"' : '';
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="${radius}" fill="${swatch.fill}" stroke="${swatch.stroke}"${dash}/>`;
}

/** A filled bar without an outline. */
export function svgBar(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="1.5" fill="${fill}"/>`;
}

/** A small circle with a sign in it, drawn with lines so that no font shifts it. */
export function svgJoin(centre: Point, radius: number, sign: '+' | '×', dashed: boolean): string {
  const [x, y] = centre;
  const arm = radius * (sign === '+' ? 0.55 : 0.42);
  const lines =
    sign === '+'
      ? `M${at(x - arm)} ${at(y)}H${at(x + arm)}M${at(x)} ${at(y - arm)}V${at(y + arm)}`
      : `M${at(x - arm)} ${at(y - arm)}L${at(x + arm)} ${at(y + arm)}M${at(x + arm)} ${at(y - arm)}L${at(x - arm)} ${at(y + arm)}`;
  const dash = dashed ? ' stroke-dasharray="3 2.5"' : '';
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" fill="${paper}" stroke="${ink}"${dash}/><path d="${lines}" stroke="${ink}" stroke-width="1.3" fill="none"/>`;
}

/** A line through points with rounded corners; the last one gets an arrow's head. */
export function svgArrow(points: readonly Point[], dashed = false): string {
  return svgPath(roundedPath(points, 7), dashed);
}

/** A smooth line from the bottom of one thing to the top of another. */
export function svgCurve(from: Point, to: Point, dashed = false): string {
  const middle = (from[1] + to[1]) / 2;
  return svgPath(`M${xy(from)}C${xy([from[0], middle])} ${xy([to[0], middle])} ${xy(to)}`, dashed);
}

export function svgPath(d: string, dashed = false, head = true): string {
  const dash = dashed ? ' stroke-dasharray="4 3"' : '';
  return `<path d="${d}" fill="none" stroke="${ink}" stroke-width="1.1"${dash}${head ? ' marker-end="url(#head)"' : ''}/>`;
}

/** The arrow head that paths refer to. Its tip is at the path's end. */
export const svgDefinitions = `<defs><marker id="head" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.8L7.6 4L0 7.2L1.6 4Z" fill="${ink}"/></marker></defs>`;

/** Text that is safe in an element or an attribute; characters that XML cannot hold are replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function roundedPath(points: readonly Point[], radius: number): string {
  const corners = points.filter((p, i) => p[0] !== points[i - 1]?.[0] || p[1] !== points[i - 1]?.[1]);
  return corners
    .map((p, i) => {
      const before = corners[i - 1];
      const after = corners[i + 1];
      if (!before) return `M${xy(p)}`;
      if (!after) return `L${xy(p)}`;
      return `L${xy(towards(p, before, radius))}Q${xy(p)} ${xy(towards(p, after, radius))}`;
    })
    .join('');
}

/** The point at most `distance` from `p` on the way to `q`, and never past the middle. */
function towards(p: Point, q: Point, distance: number): Point {
  const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
  const length = Math.hypot(dx, dy) || 1;
  const t = Math.min(distance, length / 2) / length;
  return [p[0] + dx * t, p[1] + dy * t];
}

function xy([x, y]: Point): string {
  return `${at(x)} ${at(y)}`;
}

/** A coordinate to a tenth: the same text on every machine. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
