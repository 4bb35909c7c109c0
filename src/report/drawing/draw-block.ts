import type { BlockFigure, FigureUnit } from './block-figure.ts';
import { layOut } from './layers.ts';
import type { Edge, GridLayout } from './layout.ts';
import { faint, muted, paper, type Swatch, unitSwatches } from './palette.ts';
import { type Point, svgArrow, svgBox, svgCurve, svgJoin, svgText } from './svg-elements.ts';
import { fitText, textLength } from './text-metrics.ts';

/** A part of a drawing, at 0, 0. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

const plainBoxHeight = 24;
const detailHeight = 12.5;
const portHeight = 16;
const joinRadius = 9;
const layerGap = 20;
const turnStep = 6;
const edgeLaneWidth = 20;
const laneGap = 14;
const margin = 16;
const titleHeight = 30;
const widestBox = 190;

/** Draws the inside of a block in a frame of its operator's colour. */
export function drawBlock(figure: BlockFigure, swatch: Swatch): Drawn {
  const { units, edges } = figure;
  const layout = layOut(
    units.map((unit) => (unit.spatial ? 1 : 0)),
    edges,
  );
  const place = placeUnits(units, layout, edges);
  const titleWidth = textLength(figure.operator, 13, true) + 2 * margin;
  const width = Math.max(place.width + 2 * margin, Math.min(titleWidth, 260), 150);
  const height = place.height + titleHeight + 2 * margin - 4;
  const shift = { x: (width - place.width) / 2, y: titleHeight + margin - 2 };
  const boxes = place.boxes.map((box) => ({ ...box, x: box.x + shift.x, y: box.y + shift.y }));
  const laneX = (lane: number) => place.laneX(lane) + shift.x;
  const title = fitText(figure.operator, width - 2 * margin, 13, true);
  const parts = [
    svgBox(0.5, 0.5, width - 1, height - 1, { fill: paper, stroke: faint }),
    `<path d="M0.5 ${titleHeight}V5.5Q0.5 0.5 5.5 0.5H${width - 5.5}Q${width - 0.5} 0.5 ${width - 0.5} 5.5V${titleHeight}Z" fill="${swatch.fill}" stroke="${swatch.stroke}"/>`,
    svgText(width / 2, 20, title, { size: 13, bold: true, anchor: 'middle' }),
    ...edges.map((_, i) => drawEdge(figure, layout, boxes, laneX, i)),
    ...units.map((unit, i) => drawUnit(unit, boxes[i] as Box)),
  ];
  return { width, height, svg: parts.join('\n') };
}

/** A unit's box: its middle, width and height. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Placed {
  readonly boxes: readonly Box[];
  readonly width: number;
  readonly height: number;
  laneX(lane: number): number;
}

function placeUnits(units: readonly FigureUnit[], layout: GridLayout, edges: readonly Edge[]): Placed {
  const sizes = units.map(sizeOf);
  const lanes = [...layout.lane, ...layout.edgeLane.filter((l) => l !== undefined)];
  const [low, high] = [Math.min(...lanes), Math.max(...lanes)];
  const centres = new Map<number, number>();
  let x = 0;
  for (let lane = low; lane <= high; lane++) {
    const widths = sizes.filter((_, i) => layout.lane[i] === lane).map((s) => s.width);
    const width = Math.max(edgeLaneWidth, ...widths);
    centres.set(lane, x + width / 2);
    x += width + (lane < high ? laneGap : 0);
  }
  const layers = Math.max(...layout.layer) + 1;
  const tops: number[] = [];
  let y = 0;
  for (let layer = 0; layer < layers; layer++) {
    tops.push(y);
    y += layerHeight(sizes, layout, layer) + gapBelow(layout, edges, layer);
  }
  const boxes = sizes.map((size, i) => {
    const layer = layout.layer[i] as number;
    return {
      ...size,
      x: centres.get(layout.lane[i] as number) ?? 0,
      y: (tops[layer] as number) + layerHeight(sizes, layout, layer) / 2,
    };
  });
  return { boxes, width: x, height: y - layerGap, laneX: (lane) => centres.get(lane) ?? 0 };
}

/** Space for the edges below a layer: more where many turn aside, so that their curves can be distinguished. */
function gapBelow(layout: GridLayout, edges: readonly Edge[], layer: number): number {
  const crossing = curved(layout, edges, layer);
  const turning = Math.max(0, turningEdges(layout, edges, layer).length - 1) * turnStep;
  return layerGap + turning + (crossing > 2 ? Math.min(60, crossing * 5) : 0);
}

/** The edges that leave a layer for another lane and run down there; each turns at its own height. */
function turningEdges(layout: GridLayout, edges: readonly Edge[], layer: number): number[] {
  return edges.flatMap(([from], i) => {
    const lane = layout.edgeLane[i];
    return layout.layer[from] === layer && lane !== undefined && lane !== layout.lane[from] ? [i] : [];
  });
}

/** How many edges go from this layer to another lane of the next. */
function curved(layout: GridLayout, edges: readonly Edge[], layer: number): number {
  return edges.filter(
    ([from, to], i) =>
      layout.layer[from] === layer && layout.edgeLane[i] === undefined && layout.lane[from] !== layout.lane[to],
  ).length;
}

function layerHeight(sizes: readonly { height: number }[], layout: GridLayout, layer: number): number {
  return Math.max(0, ...sizes.filter((_, i) => layout.layer[i] === layer).map((s) => s.height));
}

function sizeOf(unit: FigureUnit): { width: number; height: number } {
  if (unit.kind === 'join') return { width: 2 * joinRadius, height: 2 * joinRadius };
  const details = detailLines(unit);
  const width = Math.max(textLength(unit.label, 12, true), ...details.map((d) => textLength(d, 10.5))) + 20;
  if (unit.kind === 'port') return { width, height: portHeight };
  return {
    width: Math.min(Math.max(width, 84), widestBox),
    height: plainBoxHeight + details.length * detailHeight - (details.length > 0 ? 3 : 0),
  };
}

function detailLines(unit: FigureUnit): string[] {
  return unit.details === '' ? [] : unit.details.split('\n');
}

function drawUnit(unit: FigureUnit, box: Box): string {
  if (unit.kind === 'join') return svgJoin([box.x, box.y], joinRadius, unit.label === '×' ? '×' : '+', unit.optional);
  if (unit.kind === 'port') return svgText(box.x, box.y + 4, unit.label, { size: 11, fill: muted, anchor: 'middle' });
  const label = fitText(unit.label, box.width - 12, 12, true);
  const details = detailLines(unit);
  const top = box.y - box.height / 2;
  return [
    svgBox(box.x - box.width / 2, top, box.width, box.height, unitSwatches[unit.kind], unit.optional),
    svgText(box.x, top + (details.length > 0 ? 15 : 16.2), label, { size: 12, bold: true, anchor: 'middle' }),
    ...details.map((line, i) => {
      const text = fitText(line, box.width - 12, 10.5);
      return svgText(box.x, top + 15 + (i + 1) * detailHeight, text, { size: 10.5, anchor: 'middle' });
    }),
  ].join('');
}

function drawEdge(
  { units, edges }: BlockFigure,
  layout: GridLayout,
  boxes: readonly Box[],
  laneX: (lane: number) => number,
  index: number,
): string {
  const [from, to] = edges[index] as readonly [number, number];
  const [source, target] = [boxes[from] as Box, boxes[to] as Box];
  const sourceLane = layout.lane[from] as number;
  const targetLane = layout.lane[to] as number;
  const lane = layout.edgeLane[index];
  const start: Point = [source.x, source.y + source.height / 2];
  const end: Point = [target.x, target.y - target.height / 2];
  const offMain = sourceLane !== 0 || targetLane !== 0 || (lane !== undefined && lane !== 0);
  const dashed = offMain && ((units[from] as FigureUnit).optional || (units[to] as FigureUnit).optional);
  if (lane === undefined) {
    if (sourceLane === targetLane) return svgArrow([start, end], dashed);
    if (intoSide(layout, edges, index, units[to] as FigureUnit)) {
      const edge = target.x + ((source.x < target.x ? -1 : 1) * target.width) / 2;
      return svgArrow([start, [source.x, target.y], [edge, target.y]], dashed);
    }
    if (curved(layout, edges, layout.layer[from] as number) > 2) return svgCurve(start, end, dashed);
    const bend = start[1] + layerGap / 2 - 2;
    return svgArrow([start, [source.x, bend], [target.x, bend], end], dashed);
  }
  const x = laneX(lane);
  const turning = turningEdges(layout, edges, layout.layer[from] as number);
  const turn = start[1] + layerGap / 2 - 2 + Math.max(0, turning.indexOf(index)) * turnStep;
  const first: Point[] = lane === sourceLane ? [start] : [start, [source.x, turn], [x, turn]];
  if (lane === targetLane) return svgArrow([...first, end], dashed);
  const side = x < target.x ? -1 : 1;
  if (clear(layout, lane, targetLane, layout.layer[to] as number)) {
    return svgArrow([...first, [x, target.y], [target.x + (side * target.width) / 2, target.y]], dashed);
  }
  const above = end[1] - layerGap / 2;
  return svgArrow([...first, [x, above], [target.x, above], end], dashed);
}

/** Whether an edge between neighbouring layers enters a join at its side: where nothing is or enters in between. */
function intoSide(layout: GridLayout, edges: readonly Edge[], index: number, unit: FigureUnit): boolean {
  const [from, to] = edges[index] as Edge;
  const [source, target] = [layout.lane[from] as number, layout.lane[to] as number];
  const layer = layout.layer[to] as number;
  const rivals = edges.filter(
    ([f, t], i) =>
      i !== index &&
      t === to &&
      layout.edgeLane[i] === undefined &&
      (layout.lane[f] as number) > target === source > target &&
      layout.lane[f] !== target,
  );
  const passing = edges.some(
    (_, i) => layout.edgeLane[i] === source && (layout.layer[(edges[i] as Edge)[1]] as number) > layer,
  );
  return (
    unit.kind === 'join' &&
    rivals.length === 0 &&
    !passing &&
    clear(layout, source, target, layer) &&
    !layout.lane.some((l, i) => l === source && layout.layer[i] === layer)
  );
}

/** Whether a layer has no unit between two lanes. */
function clear(layout: GridLayout, a: number, b: number, layer: number): boolean {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return !layout.lane.some((lane, i) => layout.layer[i] === layer && lane > low && lane < high);
}
