import * as t from '../../../grammar/tokens.ts';
import { isCloser, isOpener } from '../../1-parse/fix-slips/token-kinds.ts';
import { lineStartAt, positionAt } from '../../source.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import { documentTokens } from '../tree/document-tokens.ts';

/** Lines that can be folded: from the end of the first to the end of what is hidden. */
export interface FoldingRange extends Place {
  readonly kind: 'region' | 'imports' | 'comment';
}

/** What goes over lines: brackets of declarations, tables, lists and arguments, runs of comments, the imports. */
export function foldingRanges(analysis: Analysis): readonly FoldingRange[] {
  const { source, path } = analysis;
  const { tokens, comments } = documentTokens(source);
  const found: FoldingRange[] = [];
  const lineOf = (offset: number) => positionAt(source, offset).line;
  const add = (kind: FoldingRange['kind'], start: number, end: number) => {
    if (lineOf(end) > lineOf(start)) found.push({ path, start, end, kind });
  };
  const open: number[] = [];
  for (const token of tokens) {
    if (isOpener(token)) open.push(token.startOffset + 1);
    else if (isCloser(token)) {
      const start = open.pop();
      // the line of the closing bracket stays visible
      if (start !== undefined) add('region', start, endOfLineBefore(source.text, token.startOffset));
    }
  }
  const imports = tokens.filter((token) => token.tokenType === t.keywordTokens.import);
  const last = analysis.module.ast.imports.at(-1);
  if (imports[0] && last) add('imports', imports[0].startOffset + 'import'.length, analysis.locate(last.span).end);
  let run: { start: number; end: number; line: number } | undefined;
  for (const comment of comments) {
    const line = lineOf(comment.startOffset);
    const end = comment.startOffset + comment.image.length;
    if (!isAlone(source.text, comment.startOffset)) continue;
    if (run && line === run.line + 1) run = { start: run.start, end, line };
    else {
      if (run) add('comment', run.start, run.end);
      run = { start: comment.startOffset, end, line };
    }
  }
  if (run) add('comment', run.start, run.end);
  return found.sort((a, b) => a.start - b.start);
}

/** The end of the line before a bracket that begins its line; the bracket itself if something precedes it. */
function endOfLineBefore(text: string, offset: number): number {
  if (!isAlone(text, offset)) return offset;
  const lineEnd = lineStartAt(text, offset) - 1;
  if (lineEnd < 0) return offset;
  return text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
}

/** Whether only blanks precede an offset in its line. Looks only at them: a line can be long. */
function isAlone(text: string, offset: number): boolean {
  let at = offset;
  while (at > 0 && /[^\S\n]/.test(text[at - 1] as string)) at--;
  return at === 0 || text[at - 1] === '\n';
}
