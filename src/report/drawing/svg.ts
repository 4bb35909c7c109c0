import type { FigureUnit, UnitKind } from './block-figure.ts';
import type { Diagram } from './diagram.ts';
import { type Drawn, drawBlock } from './draw-block.ts';
import { drawStages } from './draw-stages.ts';
import { ink, muted, operatorSwatch, paper, unitNames, unitSwatches } from './palette.ts';
import { escapeXml, svgBox, svgDefinitions, svgText } from './svg-elements.ts';
import { textLength } from './text-metrics.ts';

const border = 28;
const blockGap = 20;
/** Wider figures of blocks are placed below the stages. */
const widestBeside = 560;

/**
 * A figure for a paper: the stages in sequence, the inside of each kind of block, a legend. Self-contained: no
 * scripts, no fonts to load; black on white with light tints.
 */
export function drawSvg(diagram: Diagram): string {
  const titleHeight = 62;
  const stages = drawStages(diagram);
  const operators = diagram.blocks.map((b) => b.operator);
  const blocks = diagram.blocks.map((b) => drawBlock(b, operatorSwatch(operators, [b.operator])));
  const legend = drawLegend(diagram);
  const narrow = blocks.filter((b) => b.width <= widestBeside);
  const side = packSide([...narrow, ...(legend ? [legend] : [])], stages.height);
  const below = stack(blocks.filter((b) => b.width > widestBeside));
  const headWidth = Math.max(textLength(diagram.title, 20, true), textLength(diagram.facts.join('  ·  '), 12));
  const upper = Math.max(stages.height, side.height) + (below.height > 0 ? blockGap : 0);
  const width = Math.max(stages.width + (side.width > 0 ? 44 + side.width : 0), headWidth, below.width) + 2 * border;
  const height = titleHeight + upper + below.height + 2 * border - 10;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" role="img">`,
    `<title>${escapeXml(`${diagram.title}: ${diagram.facts.join(', ')}`)}</title>`,
    svgDefinitions,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    svgText(border, border + 16, diagram.title, { size: 20, bold: true }),
    svgText(border, border + 38, diagram.facts.join('  ·  '), { size: 12, fill: muted }),
    group(border, titleHeight + border, stages.svg),
    group(border + stages.width + 44, titleHeight + border, side.svg),
    group(border, titleHeight + border + upper, below.svg),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** Puts parts one below the other into columns about as high as the stages; a wide one has a column to itself. */
function packSide(parts: readonly Drawn[], height: number): Drawn {
  const limit = Math.max(height, ...parts.map((p) => p.height));
  const columns: { parts: Drawn[]; width: number; height: number }[] = [];
  for (const part of parts) {
    const fits = columns.find((c) => c.height + blockGap + part.height <= limit && part.width <= c.width * 1.5);
    if (fits) {
      fits.parts.push(part);
      fits.height += blockGap + part.height;
      fits.width = Math.max(fits.width, part.width);
    } else columns.push({ parts: [part], width: part.width, height: part.height });
  }
  const drawn: string[] = [];
  let x = 0;
  for (const column of columns) {
    let y = 0;
    for (const part of column.parts) {
      drawn.push(group(x, y, part.svg));
      y += part.height + blockGap;
    }
    x += column.width + blockGap;
  }
  return {
    width: Math.max(0, x - blockGap),
    height: Math.max(0, ...columns.map((c) => c.height)),
    svg: drawn.join('\n'),
  };
}

function stack(parts: readonly Drawn[]): Drawn {
  let y = 0;
  const drawn = parts.map((part) => {
    const svg = group(0, y, part.svg);
    y += part.height + blockGap;
    return svg;
  });
  return { width: Math.max(0, ...parts.map((p) => p.width)), height: Math.max(0, y - blockGap), svg: drawn.join('\n') };
}

/** A legend for the colours and lines of the block figures; only for those in use. */
function drawLegend(diagram: Diagram): Drawn | undefined {
  const units = diagram.blocks.flatMap((b) => b.units);
  if (units.length === 0) return undefined;
  const kinds = (Object.keys(unitNames) as UnitKind[]).filter((kind) => units.some((u) => u.kind === kind));
  const rows = kinds.map((kind) => ({
    swatch: unitSwatches[kind],
    dashed: false,
    text: unitNames[kind] ?? kind,
  }));
  if (units.some((u) => u.optional)) {
    rows.push({ swatch: { fill: paper, stroke: ink }, dashed: true, text: 'not in every block' });
  }
  const notes = notesOn(units);
  const lines = rows.map(({ swatch, dashed, text }, i) => {
    return svgBox(1, i * 20 + 1, 22, 13, swatch, dashed, 3) + svgText(31, i * 20 + 11.5, text, { size: 11 });
  });
  notes.forEach((note, i) => {
    lines.push(svgText(1, rows.length * 20 + 14 + i * 16, note, { size: 11, fill: muted }));
  });
  const width = Math.max(...rows.map((r) => 31 + textLength(r.text, 11)), ...notes.map((n) => textLength(n, 11)));
  return { width, height: rows.length * 20 + (notes.length > 0 ? 14 + notes.length * 16 : 0), svg: lines.join('\n') };
}

function notesOn(units: readonly FigureUnit[]): string[] {
  const notes: string[] = [];
  const open = [
    units.some((u) => u.label.includes('k×k')) ? 'k' : '',
    units.some((u) => u.label.includes(' /s')) ? 's' : '',
    units.some((u) => u.label.endsWith(' ·d')) ? 'd' : '',
  ];
  const named = open.filter((name) => name !== '').join(', ');
  if (named) notes.push(`${named}: as stated for the stage`);
  if (units.some((u) => / \/\d/.test(u.label))) notes.push('/2: stride 2');
  if (units.some((u) => / ·\d/.test(u.label))) notes.push('·2: dilation 2');
  return notes;
}

function group(x: number, y: number, svg: string): string {
  return `<g transform="translate(${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10})">\n${svg}\n</g>`;
}
