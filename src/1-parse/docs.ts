import type { IToken } from 'chevrotain';
import { isFirstOnLine } from '../../grammar/lexer.ts';
import { lastIndexWhile } from '../sorted.ts';
import type { Source } from '../source.ts';
import type { Comment } from './ast.ts';

/** The comments of a file in order, for finding documentation. */
export interface Docs {
  readonly source: Source;
  readonly comments: readonly Comment[];
}

export function docsOf(source: Source, tokens: readonly IToken[]): Docs {
  const comments = tokens.map((t) => ({
    text: t.image,
    span: { source, start: t.startOffset, end: t.startOffset + t.image.length },
  }));
  return { source, comments };
}

/** Blanks with one line end among them at most. */
const isNextLine = /^[ \t]*(?:(?:\r\n?|\n)[ \t]*)?$/;

/** The `///` lines right above an offset, joined; empty where there are none. */
export function docBefore(docs: Docs, offset: number): string {
  const lines: string[] = [];
  let end = offset;
  for (let i = lastBefore(docs, offset); i >= 0; i--) {
    const comment = docs.comments[i] as Comment;
    const { start } = comment.span;
    if (!comment.text.startsWith('///') || !isNextLine.test(docs.source.text.slice(comment.span.end, end))) break;
    // A comment that follows code on its line belongs to that code.
    if (!isFirstOnLine(docs.source.text, start)) break;
    lines.push(comment.text.slice(3).replace(/^ /, '').trimEnd());
    end = start;
  }
  return lines.reverse().join('\n');
}

/** The `//` comment that follows on the same line. */
export function trailingDoc(docs: Docs, offset: number): string {
  const comment = docs.comments[lastBefore(docs, offset) + 1];
  if (!comment || !/^[ \t]*$/.test(docs.source.text.slice(offset, comment.span.start))) return '';
  return comment.text.replace(/^\/+ ?/, '').trimEnd();
}

function lastBefore(docs: Docs, offset: number): number {
  return lastIndexWhile(docs.comments, ({ span }) => span.start < offset);
}
