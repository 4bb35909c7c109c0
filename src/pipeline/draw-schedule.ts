import { ink, muted, paper, type Swatch } from '../report/drawing/palette.ts';
import { escapeXml, svgBar, svgBox, svgDefinitions, svgText } from '../report/drawing/svg-elements.ts';
import { textLength } from '../report/drawing/text-metrics.ts';
import { formatBytes, formatPercent } from '../report/format-number.ts';
import type { PipelinePlan } from './plan.ts';
import { formatSeconds, titleOf } from './plan-text.ts';
import type { ScheduleSlot } from './schedule.ts';

const border = 28;
const head = 62;
const left = 116;
const rowHeight = 30;
const plotWidth = 1120;

/** The colours of the drawings of networks. */
const swatches = {
  forward: { fill: '#d6e8f5', stroke: '#0072b2' },
  again: { fill: '#fbf3c4', stroke: '#a08a00' },
  backward: { fill: '#fbe3cf', stroke: '#c45500' },
} satisfies Record<string, Swatch>;

/** The meaning of each colour. */
const names: Readonly<Record<keyof typeof swatches, string>> = {
  forward: 'forward',
  again: 'recomputation: forward again',
  backward: 'backward',
};

/**
 * A figure of a plan's schedule: one row per stage, time to the right, one numbered box per micro-batch; next to it what the stage
 * keeps in memory. Self-contained, black on white with light tints.
 */
export function drawSchedule(plan: PipelinePlan): string {
  const { stages, timeline } = plan;
  const scale = plotWidth / timeline.seconds;
  const most = Math.max(plan.memoryLimit ?? 0, ...stages.map(({ memory }) => memory.total));
  const memoryWidth = 150;
  const width = 2 * border + left + plotWidth + 24 + memoryWidth;
  const top = head + border + 16;
  const bottom = top + stages.length * rowHeight;
  const height = bottom + 66;
  const facts = [
    `${formatSeconds(timeline.seconds)} a step`,
    `devices wait ${formatPercent(plan.idle, 1)}`,
    `largest stage ${plan.balance.toFixed(3)} of an even share`,
  ].join('  ·  ');
  const title = `${plan.model}: ${titleOf(plan)}`;
  const barsAt = border + left + plotWidth + 24;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" role="img">`,
    `<title>${escapeXml(`${title}; ${facts}`)}</title>`,
    svgDefinitions,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    svgText(border, border + 16, title, { size: 20, bold: true }),
    svgText(border, border + 38, facts, { size: 12, fill: muted }),
    svgText(barsAt, top - 8, 'memory', { size: 11, fill: muted }),
    ...stages.flatMap(({ memory, recompute }, i) => {
      const y = top + i * rowHeight;
      const [state, all] = [memory.state, memory.total].map((bytes) => (bytes / most) * (memoryWidth - 60));
      return [
        svgText(border, y + 18, `stage ${i + 1}`, { size: 12 }),
        ...(recompute ? [svgText(border + 52, y + 18, 'recomputes', { size: 10, fill: muted })] : []),
        svgBar(barsAt, y + 7, all as number, 14, swatches.forward.fill),
        svgBar(barsAt, y + 7, state as number, 14, '#9fb3c8'),
        svgText(barsAt + (all as number) + 6, y + 18, formatBytes(memory.total), { size: 11 }),
      ];
    }),
    ...timeline.slots.flatMap((slot) => drawSlot(slot, border + left, top, scale)),
    `<path d="M${border + left} ${bottom + 4}H${border + left + plotWidth}" stroke="${ink}" fill="none"/>`,
    svgText(border + left, bottom + 20, '0', { size: 11, fill: muted }),
    svgText(border + left + plotWidth, bottom + 20, formatSeconds(timeline.seconds), {
      size: 11,
      fill: muted,
      anchor: 'end',
    }),
    ...legend(plan, border + left, bottom + 34),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function drawSlot(slot: ScheduleSlot, x: number, y: number, scale: number): string[] {
  const at = (seconds: number) => x + seconds * scale;
  const top = y + slot.stage * rowHeight + 3;
  const box = (from: number, to: number, swatch: Swatch) =>
    svgBox(at(from), top, (to - from) * scale, rowHeight - 6, swatch, false, 1);
  const label = String(slot.microBatch + 1);
  const shown = textLength(label, 10) + 3 < (slot.end - slot.begin) * scale;
  const middle = (at(slot.begin) + at(slot.end)) / 2;
  return [
    ...(slot.begin > slot.start ? [box(slot.start, slot.begin, swatches.again)] : []),
    box(slot.begin, slot.end, swatches[slot.pass]),
    ...(shown ? [svgText(middle, top + 16, label, { size: 10, anchor: 'middle' })] : []),
  ];
}

function legend({ stages }: PipelinePlan, x: number, y: number): string[] {
  let at = x;
  const entry = (text: string, mark: (x: number) => string): string[] => {
    const drawn = [mark(at), svgText(at + 28, y + 10.5, text, { size: 11 })];
    at += 28 + textLength(text, 11) * 1.1 + 28;
    return drawn;
  };
  const kinds = (Object.keys(swatches) as (keyof typeof swatches)[]).filter(
    (kind) => kind !== 'again' || stages.some(({ recompute }) => recompute),
  );
  return [
    ...kinds.flatMap((kind) => entry(names[kind], (x0) => svgBox(x0, y, 22, 13, swatches[kind], false, 1))),
    ...entry('memory: weights, gradients, optimiser', (x0) => svgBar(x0, y, 22, 13, '#9fb3c8')),
    ...entry('activations', (x0) => svgBar(x0, y, 22, 13, swatches.forward.fill)),
  ];
}
