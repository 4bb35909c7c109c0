import { tokenize } from '../../grammar/lexer.ts';
import { Bar, RowEnd, RowStart } from '../../grammar/tokens.ts';
import type { TextEdit } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from '../source.ts';
import type { RowsNode } from './ast.ts';
import { parse } from './parse.ts';
import { walkNodes } from './walk.ts';

/**
 * The edits that remove a column from a table, by the position of its word in the header: from bar to bar in each row.
 */
export function withoutColumn(source: Source, word: Pick<Span, 'start'>): TextEdit[] {
  const rows = tableAt(source, word);
  const column = rows?.header.findIndex(({ span }) => span.start === word.start) ?? -1;
  if (!rows || column < 0) throw new Error('there is no column at this place of the text');
  const edits: TextEdit[] = [];
  let bars: number[] = [];
  for (const { tokenType, startOffset } of tokenize(source.text).tokens) {
    if (startOffset < rows.span.start || startOffset >= rows.span.end) continue;
    if (tokenType === RowStart) bars = [];
    if (tokenType === RowStart || tokenType === Bar || tokenType === RowEnd) bars.push(startOffset);
    const [start, end] = [bars[column], bars[column + 1]];
    if (tokenType !== RowEnd || start === undefined || end === undefined) continue;
    edits.push({ span: { source, start, end }, newText: '' });
  }
  return edits;
}

function tableAt(source: Source, { start }: Pick<Span, 'start'>): RowsNode | undefined {
  let found: RowsNode | undefined;
  walkNodes(parse(source).ast, (node) => {
    const rows = node.kind === 'rows' ? (node as RowsNode) : undefined;
    if (rows?.header.some(({ span }) => span.start === start)) found = rows;
    return true;
  });
  return found;
}
