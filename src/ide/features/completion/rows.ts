import { roundTo } from '../../../2-resolve/rounding.ts';
import { lineStartAt } from '../../../source.ts';
import { firstRows } from './first-rows.ts';
import type { CompletionProposal } from './item.ts';
import { startsLine } from './keywords.ts';
import type { CompletionSite } from './site.ts';
import type { TableAt, TableRow } from './table-at.ts';

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
