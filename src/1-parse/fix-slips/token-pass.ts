import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import type { Code, MessageArgs } from '../../diagnostics/catalog.ts';
import { createDiagnostic, type Diagnostic, type Fix, replaceFix } from '../../diagnostics/diagnostic.ts';
import type { Source, Span } from '../../source.ts';
import { foundOf } from '../syntax-errors.ts';
import { type Frame, isInline } from './frames.ts';
import { closerOf } from './token-kinds.ts';

/** The state of one pass over a file's tokens. Tokens before `position` are read; `out` is what the parser will see of them. */
export interface TokenPass {
  readonly source: Source;
  readonly tokens: readonly IToken[];
  readonly out: IToken[];
  readonly frames: Frame[];
  position: number;
  /** The last token read closed a block's parameters: its body comes next. */
  afterParams: boolean;
  /** A block, a model or a weight map has been read: imports come no more. */
  declared: boolean;
  /** The text goes on after the last token. */
  readonly goesOn: boolean;
  /** Where the line of the current token begins. */
  lineStart: number;
  report(diagnostic: Diagnostic): void;
}

/** Reports a slip, with what fixes it. */
export function report<C extends Code>(p: TokenPass, code: C, span: Span, args: MessageArgs<C>, ...fixes: Fix[]): void {
  p.report(createDiagnostic(code, span, args, { fixes }));
}

/** The text of a token. */
export function spanOf({ source }: TokenPass, token: IToken): Span {
  return { source, start: token.startOffset, end: token.endOffset! + 1 };
}

/** Where the tokens read so far end: the place of what is missing there, and the last character as a mark. */
export function endOf(p: TokenPass): { readonly at: number; readonly place: Span; readonly mark: Span } {
  const at = endOfLast(p);
  const place = { source: p.source, start: at, end: at };
  return { at, place, mark: { ...place, start: Math.max(0, at - 1) } };
}

/** Puts a token in before `token`, where the tokens read so far end, and reports it. */
export function insert(p: TokenPass, token: IToken, type: TokenType, newText: string): IToken {
  const { at, place, mark } = endOf(p);
  const expected = `'${type.PATTERN as string}'`;
  report(p, 'syntax', mark, { expected, found: foundOf(token) }, replaceFix(`Add ${expected}`, place, newText));
  const inserted = createInserted(type, at);
  p.out.push(inserted);
  return inserted;
}

/** Reports a closing bracket that closes nothing; it is left out. */
export function reportStray(p: TokenPass, token: IToken): void {
  const span = spanOf(p, token);
  report(p, 'stray-bracket', span, { bracket: token.image }, replaceFix(`Remove '${token.image}'`, span, ''));
}

/** Closes what is open within the current statement or row. */
export function closeInline(p: TokenPass): void {
  for (let top = p.frames.at(-1); top && isInline(top); top = p.frames.at(-1)) closeTop(p);
}

/** Closes the innermost bracket, where the tokens read so far end, and reports it. */
export function closeTop(p: TokenPass): void {
  const frame = p.frames.pop() as Frame;
  const type = closerOf.get(frame.open.tokenType) as TokenType;
  const close = type.PATTERN as string;
  const { at, place } = endOf(p);
  if (frame.rowOpen) insertBar(p, frame, 'closing');
  if (!frame.forgiven && frame.open.endOffset! >= frame.open.startOffset) {
    const related = [{ span: place, message: `'${close}' expected here` }];
    const fixes = [replaceFix(`Add '${close}'`, place, isInline(frame) ? close : `\n${close}`)];
    const args = { open: frame.open.image, close };
    p.report(createDiagnostic('unclosed-bracket', spanOf(p, frame.open), args, { related, fixes }));
  }
  p.out.push(createInserted(type, at));
  p.afterParams = frame.role === 'params';
}

const barTypes = { opening: t.RowStart, closing: t.RowEnd, separating: t.Bar } as const;

/** Puts a bar that the author left out where the tokens read so far end, or before the next one. */
export function insertBar(p: TokenPass, frame: Frame, which: keyof typeof barTypes): void {
  const next = p.tokens[p.position];
  const opening = which === 'opening' && next !== undefined;
  const at = opening ? next.startOffset : endOfLast(p);
  if (!(frame.forgiven && which === 'closing')) {
    const place = { source: p.source, start: at, end: at };
    // The position of the message: the cell that the bar belongs to, or the last character before.
    const span = opening ? { ...place, end: at + 1 } : { ...place, start: Math.max(0, at - 1) };
    report(p, 'missing-bar', span, { which }, replaceFix(`Add the ${which} '|'`, place, opening ? '| ' : ' |', true));
  }
  p.out.push(createInserted(barTypes[which], at));
  frame.rowOpen = which !== 'closing';
}

/** A token of no length: the parser accepts it, and the tree shows that it was not written. */
export function createInserted(type: TokenType, at: number): IToken {
  return { ...createTokenAt(type, '', at), isInsertedInRecovery: true };
}

/** The offset after the last written token. */
export function endOfLast(p: TokenPass): number {
  const last = p.out.at(-1);
  return last ? last.endOffset! + 1 : 0;
}

/** Whether a line begins between the token at `i` and the one before. */
export function beginsLine(p: TokenPass, i: number): boolean {
  const token = p.tokens[i];
  if (!token) return false;
  if (i === 0) return true;
  const { text } = p.source;
  for (let at = (p.tokens[i - 1] as IToken).endOffset! + 1; at < token.startOffset; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return true;
  }
  return false;
}
