import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, type Diagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import type { Source } from '../../source.ts';
import { type Frame, isInline } from './frames.ts';
import { closerOf } from './token-kinds.ts';

/** The state of one pass. Tokens before `position` are read; `out` is what the parser will see of them. */
export interface Mending {
  readonly source: Source;
  readonly tokens: readonly IToken[];
  readonly out: IToken[];
  readonly frames: Frame[];
  position: number;
  /** The last token read closed a block's parameters: its body comes next. */
  afterParams: boolean;
  /** A block, a model or a weight map has been read: imports come no more. */
  declared: boolean;
  /** Where the line of the token in hand begins. */
  lineStart: number;
  report(diagnostic: Diagnostic): void;
}

/** Closes what is open inside of the statement or row in hand. */
export function closeInline(m: Mending): void {
  for (let top = m.frames.at(-1); top && isInline(top); top = m.frames.at(-1)) closeTop(m);
}

/** Closes the innermost bracket, where the tokens read so far end, and says so. */
export function closeTop(m: Mending): void {
  const frame = m.frames.pop() as Frame;
  const type = closerOf.get(frame.open.tokenType) as TokenType;
  const close = type.PATTERN as string;
  const at = endOfLast(m);
  if (frame.rowOpen) insertBar(m, frame, 'closing');
  if (!frame.forgiven && frame.open.endOffset! >= frame.open.startOffset) {
    const span = { source: m.source, start: frame.open.startOffset, end: frame.open.startOffset + 1 };
    const place = { source: m.source, start: at, end: at };
    const newText = isInline(frame) ? close : `\n${close}`;
    m.report(
      createDiagnostic(
        'unclosed-bracket',
        span,
        { open: frame.open.image, close },
        {
          related: [{ span: place, message: `'${close}' expected here` }],
          fixes: [replaceFix(`Add '${close}'`, place, newText)],
        },
      ),
    );
  }
  m.out.push(createInserted(type, at));
  m.afterParams = frame.role === 'params';
}

const barTypes = { opening: t.RowStart, closing: t.RowEnd, separating: t.Bar } as const;

/** Puts a bar that the author left out where the tokens read so far end, or before the next one. */
export function insertBar(m: Mending, frame: Frame, which: keyof typeof barTypes): void {
  const next = m.tokens[m.position];
  const opening = which === 'opening' && next !== undefined;
  const at = opening ? next.startOffset : endOfLast(m);
  if (!(frame.forgiven && which === 'closing')) {
    const place = { source: m.source, start: at, end: at };
    // The mark stands on what the bar belongs to: the first cell, or the last character before.
    const span = opening ? { ...place, end: at + 1 } : { ...place, start: Math.max(0, at - 1) };
    const fixes = [replaceFix(`Add the ${which} '|'`, place, opening ? '| ' : ' |', true)];
    m.report(createDiagnostic('missing-bar', span, { which }, { fixes }));
  }
  m.out.push(createInserted(barTypes[which], at));
  frame.rowOpen = which !== 'closing';
}

/** A token of no length: the parser takes it, the tree shows that nobody wrote it. */
export function createInserted(type: TokenType, at: number): IToken {
  return { ...createTokenAt(type, '', at), isInsertedInRecovery: true };
}

/** The offset after the last token that stands. */
export function endOfLast(m: Mending): number {
  const last = m.out.at(-1);
  return last ? last.endOffset! + 1 : 0;
}

/** Whether a line begins between the token at `i` and the one before. */
export function beginsLine(m: Mending, i: number): boolean {
  const token = m.tokens[i];
  if (!token) return false;
  const { text } = m.source;
  const from = i === 0 ? 0 : (m.tokens[i - 1] as IToken).endOffset! + 1;
  if (i === 0) return true;
  for (let at = from; at < token.startOffset; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return true;
  }
  return false;
}
