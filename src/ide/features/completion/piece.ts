import type { IToken } from 'chevrotain';
import { createTokenAt, tokenize } from '../../../../grammar/lexer.ts';
import type { BlockNode, Declaration, ImportNode, ModelNode, RowsNode } from '../../../1-parse/ast.ts';
import { lineStartAt, type Span } from '../../../source.ts';
import type { Analysis } from '../../core/analysis.ts';
import { pathStart, wordEnd } from '../../tree/word-at.ts';

/** The part of a document that completion looks at: the declaration around the cursor. Offsets are local to `text`. */
export interface CursorPiece {
  /** The declaration's text, what follows it included. */
  readonly text: string;
  /** The document's offset of the first character. */
  readonly base: number;
  readonly cursor: number;
  /** The word that the cursor touches; empty, at the cursor, where there is none. */
  readonly word: { readonly start: number; readonly end: number };
  /** The tree, as far as the declaration could be read. */
  readonly node?: Declaration | ImportNode;
  /** What is added to offsets of the tree's spans to come to local ones. */
  readonly shift: number;
}

/** A text that is longer is not lexed from its beginning. */
const longest = 1_500;

/** How much of the text after the cursor is examined. */
const horizon = 8_000;

const heading = /^[ \t]*(?:import\b|model\b|block[ \t]+\w|weights[ \t]+\w)/;

/** Finds the declaration around an offset, also where it has no end or could not be read. */
export function pieceAt(analysis: Analysis, offset: number): CursorPiece {
  const { text } = analysis.source;
  let at = analysis.declarationAt(offset);
  let start: number;
  if (at.node) start = offset - at.offset + at.node.span.start;
  else {
    start = headingBefore(text, offset);
    at = analysis.declarationAt(start);
    at = { ...at, offset: at.offset + offset - start };
  }
  const end = Math.min(text.length, offset + horizon);
  const word = wordAt(text, offset);
  return {
    text: text.slice(start, end),
    base: start,
    cursor: offset - start,
    word: { start: word.start - start, end: word.end - start },
    ...(at.node && { node: at.node }),
    shift: offset - at.offset - start,
  };
}

/** The start of the last line at or above an offset that begins a declaration; the document's start without one. */
function headingBefore(text: string, offset: number): number {
  for (let end = offset; end >= 0; ) {
    const start = lineStartAt(text, end);
    const found = heading.exec(text.slice(start, Math.min(offset, start + 200)));
    if (found) return start + found[0].length - found[0].trimStart().length;
    if (start === 0) break;
    end = start - 1;
  }
  return 0;
}

/** A name, dotted or not, that the offset touches or is in. A dot at its end belongs to it. */
function wordAt(text: string, offset: number): { start: number; end: number } {
  const start = pathStart(text, offset);
  return { start, end: start < offset ? wordEnd(text, offset) : offset };
}

/** The text before the word at the cursor, as tokens with local offsets, and the comments. */
export function tokensBefore(piece: CursorPiece): { tokens: IToken[]; comments: IToken[] } {
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  for (const [start, end] of partsBefore(piece)) {
    const text = piece.text.slice(start, end);
    const lexed = end === piece.word.start ? tokenizeBefore(text) : tokenize(text);
    for (const token of lexed.tokens) tokens.push(moved(token, start));
    for (const comment of lexed.comments) comments.push(moved(comment, start));
  }
  return { tokens, comments };
}

/** The tokens of a text that goes on. */
function tokenizeBefore(text: string): ReturnType<typeof tokenize> {
  // a bar is recognised by what follows on its line: at the end something will; apart, for `3x` would be one name
  const lexed = tokenize(`${text} x`);
  // an open string would take it in
  return lexed.tokens.pop()?.image === 'x' ? lexed : tokenize(text);
}

function moved(token: IToken, by: number): IToken {
  return by === 0 ? token : createTokenAt(token.tokenType, token.image, token.startOffset + by);
}

/** The ranges that matter: all, or of a long declaration its head, the member at the cursor and in a table the last rows. */
function partsBefore(piece: CursorPiece): (readonly [number, number])[] {
  const end = piece.word.start;
  const { node } = piece;
  if (end < longest || !node || node.kind === 'import') return [[0, end]];
  const local = (span: Span) => span.start + piece.shift;
  const last = (nodes: readonly { readonly span: Span }[]) => nodes.findLastIndex((n) => local(n.span) <= end);
  if (node.kind === 'weights') return rowParts(node.rows, 0, end, piece.shift);
  const parts: readonly { readonly span: Span }[] = membersOf(node);
  const i = last(parts);
  const [first] = parts;
  const member = parts[i];
  if (!first || !member) return [[0, end]];
  const start = local(member.span);
  const rows = rowsOf(member as ModelNode['members'][number]);
  return [[0, local(first.span)], ...(rows ? rowParts(rows, start, end, piece.shift) : [[start, end] as const])];
}

function membersOf(node: ModelNode | BlockNode): readonly { readonly span: Span }[] {
  return node.kind === 'model' ? node.members : node.body;
}

function rowsOf(member: ModelNode['members'][number]): RowsNode | undefined {
  if (member.kind === 'variants' || member.kind === 'table') return member.rows;
  return member.kind === 'section' && member.tail.rows?.kind === 'rows' ? member.tail.rows : undefined;
}

function rowParts({ rows }: RowsNode, start: number, end: number, shift: number): (readonly [number, number])[] {
  const i = rows.findLastIndex(({ span }) => span.start + shift <= end);
  const [first, from] = [rows[0], rows[Math.max(0, i - 2)]];
  if (i < 3 || !first || !from) return [[start, end]];
  return [
    [start, first.span.start + shift],
    [from.span.start + shift, end],
  ];
}
