import { formatCount, formatShape } from '../../../../../src/report/format-number.ts';
import type { PreviewData, PreviewStage } from '../preview-data.ts';
import { attributes, escapeText, svgText } from './markup.ts';

const rowHeight = 62;
const bodyHeight = 34;
/** The widest body, and where its middle is. */
const bodyWidth = 92;
const middle = 74;
const textLeft = 142;
const barWidth = 96;
/** Narrower drawings have no room for the bars: they say the numbers after the shape. */
const narrowest = 520;

/**
 * The network as a drawing: from the top down one body per stage, as wide as its images are large (on a scale of doublings),
 * next to it what it does and what it costs. Every stage is a button.
 */
export function drawNetwork(data: PreviewData, width: number, current: number): string {
  const { stages } = data;
  const height = (stages.length + 1) * rowHeight + 8;
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const parts = [
    svgText(textLeft, 14, 'input', 'title'),
    ...inputShapes(data).map((shape) => svgText(textLeft, 30, formatShape(shape), 'muted')),
    ...data.edges.map((edge) => drawEdge(edge.from, edge.to)),
    ...stages.map((stage, index) => drawStage(data, stage, index, width, index === current)),
    ...(width >= narrowest && stages.length > 0 ? [drawBarHeading(width)] : []),
  ];
  return `<svg${attributes({ ...size, role: 'group', 'aria-label': `Stages of ${data.model}` })}>${parts.join('')}</svg>`;
}

function inputShapes(data: PreviewData): (readonly number[])[] {
  const edge = data.edges.find(({ from }) => from === -1);
  return edge ? [edge.shape] : [];
}

function drawStage(data: PreviewData, stage: PreviewStage, index: number, width: number, current: boolean): string {
  const top = rowTop(index);
  const bars = width >= narrowest;
  const taps = data.taps.filter(({ from }) => from === index).map(({ name, shape }) => `${name} ${formatShape(shape)}`);
  const facts = [`${formatCount(stage.params)} parameters`, `${formatCount(stage.macs)} MACs`].join(' · ');
  const title = stage.repeats > 1 ? `${stage.title}  × ${stage.repeats}` : stage.title;
  const right = width - 12 - (bars ? barWidth + 12 : 0);
  const shape = taps.length > 0 ? `output ${taps.join(', ')}` : formatShape(stage.output);
  const output = bars ? shape : `${shape} · ${formatCount(stage.params)} · ${formatCount(stage.macs)} MACs`;
  const button = {
    class: `stage${current ? ' current' : ''}`,
    role: 'button',
    tabindex: 0,
    'data-stage': index,
    'aria-pressed': String(current),
    'aria-label': `${stage.id}: ${title}, ${stage.details}, ${facts}, gives ${formatShape(stage.output, ' by ')}`,
  };
  return `<g${attributes(button)}>
<title>${escapeText(`${stage.id}\n${facts}\n${formatShape(stage.input)} → ${formatShape(stage.output)}`)}</title>
<rect${attributes({ class: 'hit', x: 2, y: top - 12, width: width - 4, height: bodyHeight + 24, rx: 4 })}/>
<path${attributes({ class: `body ${toneOf(data, stage)}`, d: bodyPath(data, stage, top) })}/>
${svgText(textLeft, top + 4, title, 'title')}
${svgText(textLeft, top + 20, [stage.id, stage.details].filter(Boolean).join(' · '), 'muted')}
${svgText(textLeft, top + 36, output, taps.length > 0 ? 'tap' : 'shape')}
${bars ? drawBars(data, stage, right + 12, top) : ''}
</g>`;
}

/** Shares of the stage that costs most, as two bars with their numbers. */
function drawBars(data: PreviewData, stage: PreviewStage, x: number, top: number): string {
  return (['params', 'macs'] as const)
    .map((what, i) => {
      const most = Math.max(1, ...data.stages.map((s) => s[what]));
      const y = top + 4 + i * 18;
      const track = { class: 'track', x, y: y + 4, width: barWidth, height: 4, rx: 2 };
      const bar = { ...track, class: `bar ${what}`, width: Math.max(1, (barWidth * stage[what]) / most) };
      return `${svgText(x, y, formatCount(stage[what]), 'number')}<rect${attributes(track)}/><rect${attributes(bar)}/>`;
    })
    .join('');
}

function drawBarHeading(width: number): string {
  const x = width - 12 - barWidth;
  return `${svgText(x, 14, 'parameters', 'number params')}${svgText(x, 30, 'MACs', 'number macs')}`;
}

/** Straight on to the next stage; past others, around them on the left. */
function drawEdge(from: number, to: number): string {
  const start = from < 0 ? 34 : rowTop(from) + bodyHeight;
  const end = rowTop(to) - 2;
  if (to - from === 1) {
    return `<path class="edge" d="M${middle} ${start}V${end}"/><path class="tip" d="M${middle - 4} ${end - 5}h8l-4 6z"/>`;
  }
  const side = Math.max(6, 22 - 4 * (to - from));
  const path = `M${middle - 8} ${start}C${side} ${start + 8} ${side} ${end - 8} ${middle - 8} ${end}`;
  return `<path class="edge around" d="${path}"/>`;
}

function bodyPath(data: PreviewData, stage: PreviewStage, top: number): string {
  const above = halfWidth(data, stage.input);
  const below = halfWidth(data, stage.output);
  return `M${middle - above} ${top}h${2 * above}L${middle + below} ${top + bodyHeight}h${-2 * below}z`;
}

/** By doublings of the image's size, so that each stride of 2 takes the same step. */
function halfWidth(data: PreviewData, shape: readonly number[]): number {
  const largest = Math.max(2, ...data.stages.map(({ input }) => input[1] ?? 1));
  const share = Math.log2(1 + (shape[1] ?? 1)) / Math.log2(1 + largest);
  return Math.round((bodyWidth / 2) * Math.max(0.12, share));
}

function rowTop(index: number): number {
  return (index + 1) * rowHeight;
}

/** A colour an operator, in the order in which they come; none for a section of the language's own ops. */
function toneOf(data: PreviewData, { operators }: PreviewStage): string {
  const names = [...new Set(data.stages.flatMap((stage) => stage.operators ?? []))];
  const index = operators?.[0] === undefined ? -1 : names.indexOf(operators[0]);
  return index < 0 ? 'plain' : `tone-${index % 6}`;
}
