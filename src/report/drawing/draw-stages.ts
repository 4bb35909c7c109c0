import { formatCount, formatShape } from '../format-number.ts';
import { groupBy } from '../group-by.ts';
import type { Diagram, DiagramStage, StageEdge } from './diagram.ts';
import type { Drawn } from './draw-block.ts';
import { muted, operatorSwatch } from './palette.ts';
import { type Point, svgArrow, svgBar, svgBox, svgText } from './svg-elements.ts';
import { fitText, fitTextEnd, textLength } from './text-metrics.ts';

const boxHeight = 42;
const gap = 32;
const step = boxHeight + gap;
const headerHeight = 26;
const boxWidth = 260;
const skipLane = 12;
const lineHeight = 16;
const sheet = 3.5;
const figureWidth = 62;
const barWidth = 46;
/** More stages than this continue in another column. */
const perColumn = 22;
const columnGap = 56;

/** The positions of everything in the sequence of stages. */
interface Plan {
  readonly idWidth: number;
  readonly boxX: number;
  readonly width: number;
  readonly columns: number;
  readonly skips: readonly Skip[];
  /** The values of the longest bars. */
  readonly most: { readonly params: number; readonly macs: number };
  /** The tensor from each stage to the next, by the stage's index. */
  readonly onward: ReadonlyMap<number, StageEdge>;
}

/** A tensor that passes stages by, in a lane left of the boxes. */
interface Skip {
  readonly edge: StageEdge;
  readonly lane: number;
}

/** Draws the stages one below the other, with tensors between them and, next to them, what each costs. */
export function drawStages(diagram: Diagram): Drawn {
  const plan = planStages(diagram);
  const rows = Math.min(diagram.stages.length, perColumn);
  const below = lineHeight * Math.max(0, mostTapsBelow(diagram, plan) - 1);
  const height = headerHeight + gap + rows * step + gap + below;
  const parts: string[] = [];
  for (let column = 0; column < plan.columns; column++) parts.push(drawHeader(plan, column));
  parts.push(...diagram.stages.map((stage, i) => drawStage(diagram, plan, stage, i)));
  parts.push(...drawFlow(diagram, plan));
  parts.push(...plan.skips.map((skip) => drawSkip(plan, skip)));
  return { width: plan.columns * plan.width + (plan.columns - 1) * columnGap, height, svg: parts.join('\n') };
}

function planStages(diagram: Diagram): Plan {
  const idWidth = Math.min(130, Math.max(40, ...diagram.stages.map((s) => textLength(s.id, 11) + 12)));
  const columns = Math.max(1, Math.ceil(diagram.stages.length / perColumn));
  const skips: Skip[] = [];
  const lanes: number[][] = [];
  const passing = diagram.edges.filter((edge) => edge.to - edge.from > 1);
  for (const edge of passing.sort((a, b) => a.to - a.from - (b.to - b.from))) {
    let lane = 0;
    while (lanes[lane]?.some((end, i) => i % 2 === 0 && end < edge.to && (lanes[lane] as number[])[i + 1]! > edge.from))
      lane++;
    lanes[lane] = [...(lanes[lane] ?? []), edge.from, edge.to];
    skips.push({ edge, lane });
  }
  const most = { params: 1, macs: 1 };
  for (const stage of diagram.stages) {
    most.params = Math.max(most.params, stage.params);
    most.macs = Math.max(most.macs, stage.macs);
  }
  const onward = new Map(diagram.edges.filter((e) => e.to === e.from + 1).map((e) => [e.from, e]));
  const boxX = idWidth + (lanes.length > 0 ? lanes.length * skipLane + 8 : 0);
  return {
    idWidth,
    boxX,
    width: boxX + boxWidth + 18 + 2 * (figureWidth + barWidth) + 12,
    columns,
    skips,
    most,
    onward,
  };
}

function columnX(plan: Plan, index: number): number {
  return Math.floor(index / perColumn) * (plan.width + columnGap);
}

function boxTop(index: number): number {
  return headerHeight + gap + (index % perColumn) * step;
}

function drawHeader(plan: Plan, column: number): string {
  const x = column * (plan.width + columnGap) + plan.boxX + boxWidth + 18;
  return ['parameters', 'MACs']
    .map((title, i) => {
      const left = x + i * (figureWidth + barWidth + 12);
      return svgText(left + figureWidth - 6, 14, title, { size: 10.5, fill: muted, anchor: 'end' });
    })
    .join('');
}

function drawStage(diagram: Diagram, plan: Plan, stage: DiagramStage, index: number): string {
  const x = columnX(plan, index) + plan.boxX;
  const y = boxTop(index);
  const swatch = operatorSwatch(
    diagram.blocks.map((b) => b.operator),
    stage.operators,
  );
  const sheets = Math.min(stage.repeats, 4) - 1;
  const parts: string[] = [];
  for (let i = sheets; i > 0; i--) parts.push(svgBox(x + i * sheet, y - i * sheet, boxWidth, boxHeight, swatch));
  parts.push(svgBox(x, y, boxWidth, boxHeight, swatch));
  const repeats = stage.repeats > 1 ? `×${stage.repeats}` : '';
  const room = boxWidth - 24 - (repeats ? textLength(repeats, 15, true) + 8 : 0);
  const size = [13, 12, 11].find((s) => textLength(stage.title, s, true) <= room) ?? 10;
  const title = fitText(stage.title, room, size, true);
  parts.push(svgText(x + 12, y + (stage.details ? 18 : 26), title, { size, bold: true }));
  if (stage.details) parts.push(svgText(x + 12, y + 33, fitText(stage.details, room, 11), { size: 11 }));
  if (repeats) parts.push(svgText(x + boxWidth - 12, y + 26, repeats, { size: 15, bold: true, anchor: 'end' }));
  const id = fitTextEnd(stage.id, plan.idWidth - 10, 11);
  parts.push(svgText(columnX(plan, index) + plan.idWidth - 10, y + 25, id, { size: 11, fill: muted, anchor: 'end' }));
  parts.push(drawCosts(plan, stage, x + boxWidth + 18, y + boxHeight / 2, swatch.stroke));
  return parts.join('');
}

/** Two figures with a bar each; the longest bar is the stage that costs most. */
function drawCosts(plan: Plan, stage: DiagramStage, left: number, y: number, fill: string): string {
  return (['params', 'macs'] as const)
    .map((name, i) => {
      const x = left + i * (figureWidth + barWidth + 12);
      const length = (stage[name] / plan.most[name]) * barWidth;
      const number = svgText(x + figureWidth - 6, y + 4, formatCount(stage[name]), { size: 11, anchor: 'end' });
      const track = svgBar(x + figureWidth, y - 4, barWidth, 8, '#f0f2f5');
      return number + track + (length >= 0.5 ? svgBar(x + figureWidth, y - 4, length, 8, fill) : '');
    })
    .join('');
}

/** The arrows from stage to stage with their tensors, the input above and the outputs below or at the side. */
function drawFlow(diagram: Diagram, plan: Plan): string[] {
  const parts: string[] = [];
  const middle = (index: number) => columnX(plan, index) + plan.boxX + boxWidth / 2;
  const input = diagram.inputs.map(({ name, shape }) => `${name}  ${formatShape(shape)}`).join(', ');
  parts.push(
    svgText(middle(0), headerHeight - 8, fitText(input, boxWidth, 12, true), { bold: true, anchor: 'middle' }),
  );
  parts.push(
    svgArrow([
      [middle(0), headerHeight - 2],
      [middle(0), boxTop(0)],
    ]),
  );

  for (let i = 0; i + 1 < diagram.stages.length; i++) {
    const edge = plan.onward.get(i);
    if (!edge) continue;
    const bottom = boxTop(i) + boxHeight;
    if ((i + 1) % perColumn === 0) {
      parts.push(svgArrow(toNextColumn(plan, i, middle)));
    } else {
      const crowded = sheetTop(diagram.stages[i + 1]);
      parts.push(
        svgArrow([
          [middle(i), bottom],
          [middle(i), boxTop(i + 1) - crowded],
        ]),
      );
    }
    parts.push(svgText(middle(i) + 9, bottom + 14, formatShape(edge.shape), { size: 11 }));
  }

  for (const [from, taps] of groupBy(diagram.taps, (tap) => tap.from)) {
    if (from < 0) continue;
    const bottom = boxTop(from) + boxHeight;
    const last = isFoot(diagram, plan, from);
    if (last) {
      parts.push(
        svgArrow([
          [middle(from), bottom],
          [middle(from), bottom + gap - 4],
        ]),
      );
      taps.forEach((tap, i) => {
        const text = fitText(`${tap.name}  ${formatShape(tap.shape)}`, plan.width - plan.boxX, 12, true);
        parts.push(svgText(middle(from), bottom + gap + 10 + i * lineHeight, text, { bold: true, anchor: 'middle' }));
      });
    } else {
      const x = middle(from);
      const y = bottom + gap / 2 - 4;
      const onward = plan.onward.has(from);
      const start: Point = onward ? [x - 1, y] : [x, bottom];
      parts.push(svgArrow(onward ? [start, [x - 26, y]] : [start, [x, y], [x - 26, y]]));
      const [{ shape }] = taps as [(typeof taps)[number]];
      if (!onward) parts.push(svgText(x + 9, bottom + 14, formatShape(shape), { size: 11 }));
      listed(taps.map((tap) => tap.name)).forEach((name, i, lines) => {
        const text = fitText(name, boxWidth / 2 - 34, 11, true);
        const line = y + 4 + (i - (lines.length - 1) / 2) * 12;
        parts.push(svgText(x - 31, line, text, { size: 11, bold: true, anchor: 'end' }));
      });
    }
  }
  return parts;
}

/** A text that fits between two boxes: up to two names, or the first and the number of others. */
function listed(names: readonly string[]): readonly string[] {
  return names.length <= 2 ? names : [names[0] as string, `and ${names.length - 1} more`];
}

/** Whether nothing is drawn below a stage, so that there is space for its outputs. */
function isFoot({ stages }: Diagram, { onward }: Plan, index: number): boolean {
  return !onward.has(index) && (index % perColumn === perColumn - 1 || index === stages.length - 1);
}

/** The most outputs of a stage at the foot of a column. */
function mostTapsBelow(diagram: Diagram, plan: Plan): number {
  const counts = diagram.stages.map((_, i) =>
    isFoot(diagram, plan, i) ? diagram.taps.filter(({ from }) => from === i).length : 0,
  );
  return Math.max(1, ...counts);
}

/** From the foot of a column, past its figures, to the head of the next. */
function toNextColumn(plan: Plan, index: number, middle: (index: number) => number): Point[] {
  const bottom = boxTop(index) + boxHeight;
  const x = columnX(plan, index) + plan.width + columnGap / 2;
  const top = boxTop(index + 1) - gap + 6;
  return [
    [middle(index), bottom],
    [middle(index), bottom + gap],
    [x, bottom + gap],
    [x, top],
    [middle(index + 1), top],
    [middle(index + 1), boxTop(index + 1)],
  ];
}

/** A tensor that passes stages by; within a column it runs next to the boxes, between columns only its ends are drawn. */
function drawSkip(plan: Plan, { edge, lane }: Skip): string {
  const from = Math.max(edge.from, 0);
  const left = columnX(plan, from) + plan.boxX;
  const x = left - 8 - (lane + 0.5) * skipLane;
  const start = edge.from < 0 ? boxTop(0) - gap / 2 - 2 : boxTop(from) + boxHeight - 10;
  const end = boxTop(edge.to) + 12;
  if (columnX(plan, edge.to) !== columnX(plan, from)) {
    const arrival = columnX(plan, edge.to) + plan.boxX;
    const mark = { size: 10, fill: muted } as const;
    return (
      svgArrow([
        [arrival - 20, end],
        [arrival, end],
      ]) + svgText(arrival - 22, end + 3, '⋯', { ...mark, anchor: 'end' })
    );
  }
  const first = edge.from < 0 ? left + boxWidth / 2 : left;
  return svgArrow([
    [first, start],
    [x, start],
    [x, end],
    [left, end],
  ]);
}

/** How far the sheets of a repeated stage protrude at its top. */
function sheetTop(stage: DiagramStage | undefined): number {
  return stage ? (Math.min(stage.repeats, 4) - 1) * sheet : 0;
}
