import { roundTo } from '../../../2-resolve/rounding.ts';
import type { Signature } from '../../../3-check/signature.ts';
import { lineStartAt } from '../../../source.ts';
import { signatureAt } from './call-at.ts';
import type { CompletionProposal } from './item.ts';
import { startsLine } from './keywords.ts';
import type { CompletionSite } from './site.ts';
import { tabStops } from './skeletons.ts';
import { builderAt, type TableAt, type TableRow } from './table-at.ts';

/** Rows that may come next: the row above unchanged, one that continues the series, an empty one; or a first header. */
export function nextRows(site: CompletionSite, table: TableAt | undefined): CompletionProposal[] {
  const { piece } = site;
  const place = rowPlace(site);
  if (!place) return [];
  const header = table?.rows[0];
  if (!table || !header) return [{ ...firstRows(site, table), replace: place }];
  const whole = table.rows.slice(1).filter((row) => row.complete && row.cells.length === header.cells.length);
  const text = (row: TableRow) => row.cells.map(({ start, end }) => piece.text.slice(start, end));
  const above = whole.at(-1);
  const found: CompletionProposal[] = [];
  const offer = (cells: readonly string[], rank: number, detail: string) => {
    const row = `|${cells.join('|')}|`;
    if (!found.some(({ label }) => label === row))
      found.push({ label: row, kind: 'row', rank, detail, replace: place });
  };
  if (above && table.kind !== 'weights') {
    const before = whole.at(-2);
    offer(grown(table, text(above), before && text(before)), 0, 'continuing the rows');
    offer(text(above), 0, 'the row above');
  }
  const widths = text(above ?? header).map(({ length }) => length);
  const stops = widths.map((width, i) => ` $${i + 1}${' '.repeat(Math.max(1, width - 1))}`);
  found.push({
    label: `|${widths.map((width) => ' '.repeat(width)).join('|')}|`,
    kind: 'snippet',
    rank: 1,
    detail: 'an empty row',
    insertText: `|${stops.join('|')}|`,
    isSnippet: true,
    filterText: '|',
    replace: place,
  });
  return found;
}

/** Where a row goes: at the start of its line, replacing an existing bar. */
function rowPlace(site: CompletionSite): { start: number; end: number } | undefined {
  const { text, word, cursor } = site.piece;
  if (startsLine(site)) return { start: word.start, end: word.end };
  const line = text.slice(lineStartAt(text, cursor), cursor);
  if (!/^\s*\|\s*$/.test(line)) return undefined;
  const rest = /^[^\n]*/.exec(text.slice(cursor))?.[0] ?? '';
  return rest.trim() === '' ? { start: cursor - line.length + line.indexOf('|'), end: cursor } : undefined;
}

/** The row that would follow: names and phis count up, filters and resolutions grow as before, the rest stays. */
function grown(table: TableAt, above: readonly string[], before: readonly string[] | undefined): string[] {
  return above.map((cell, i) => {
    const next = nextCell(table.header[i] ?? '', cell.trim(), before?.[i]?.trim());
    if (next === undefined) return cell;
    const lead = /^\s*/.exec(cell)?.[0] ?? ' ';
    return `${lead}${next}`.padEnd(Math.max(cell.length, lead.length + next.length + 1));
  });
}

function nextCell(column: string, cell: string, before: string | undefined): string | undefined {
  if (column === 'name' || column === 'phi') return countOn(cell);
  if (column === 'resolution') return growNumber(cell, before, 1, 4);
  if (column === 'channels' || column === 'width') return growNumber(cell, before, 1.5, 8);
  return undefined;
}

/** `c4` after `c3`, `8` after `7`. */
function countOn(cell: string): string | undefined {
  const found = /^(.*?)(\d{1,9})$/.exec(cell);
  return found ? `${found[1]}${Number(found[2]) + 1}` : undefined;
}

/** `w(192)` after `w(112)` grows by the same factor, at most doubled, to a multiple of `step`. */
function growNumber(cell: string, before: string | undefined, otherwise: number, step: number): string | undefined {
  const found = /^(\w+\()?(\d{1,6})(\))?$/.exec(cell);
  if (!found) return undefined;
  const last = Number(found[2]);
  const first = Number(/\d{1,6}/.exec(before ?? '')?.[0] ?? Number.NaN);
  const factor = first > 0 && first < last ? Math.min(2, last / first) : otherwise;
  return `${found[1] ?? ''}${roundTo(last * factor, step)}${found[3] ?? ''}`;
}

/** A header with a row below it, where a table has neither yet. */
export function firstRows(site: CompletionSite, table: TableAt | undefined): CompletionProposal {
  const cells = cellsFor(site, table);
  const widths = cells.map(([name, cell]) => Math.max(name.length, cell.length));
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const header = line(cells.map(([name], i) => name.padEnd(widths[i] as number)));
  const row = line(cells.map(([, cell], i) => `<${i + 1}:${cell}>${' '.repeat((widths[i] as number) - cell.length)}`));
  return {
    label: header,
    kind: 'snippet',
    rank: 0,
    detail: 'a header and a row',
    insertText: tabStops(`${header}\n${row}<0>`),
    isSnippet: true,
    filterText: '|',
  };
}

type Cell = readonly [column: string, cell: string];

function cellsFor(site: CompletionSite, table: TableAt | undefined): readonly Cell[] {
  if (table?.kind === 'weights')
    return [
      ['path', 'stem'],
      ['timm', 'conv_stem'],
    ];
  if (table?.kind === 'variants')
    return [
      ['name', 'b0'],
      ['phi', '0'],
      ['w', '1.0'],
      ['d', '1.0'],
    ];
  if (table?.base) return stageCells(table.base, table.given);
  const { callee, given } = builderAt(site);
  return stageCells(callee === undefined ? undefined : signatureAt(site, callee), given);
}

/** The columns that papers have, of those that the block takes, and what it must be given. */
function stageCells(block: Signature | undefined, given: ReadonlySet<string>): readonly Cell[] {
  if (!block)
    return [
      ['repeat', 'd(1)'],
      ['channels', 'w(16)'],
      ['stride', '1'],
    ];
  const usual: Readonly<Record<string, string>> = {
    channels: 'w(16)',
    width: 'w(16)',
    kernel: '3',
    stride: '1',
    expand: '6',
  };
  const taken = block.values.filter(
    ({ name, required }) => !given.has(name) && (required || Object.hasOwn(usual, name)),
  );
  return [['repeat', 'd(1)'], ...taken.map(({ name }): Cell => [name, usual[name] ?? '1'])];
}
