import type { IToken } from 'chevrotain';
import { createTokenAt, tokenize } from '../../../../grammar/lexer.ts';
import * as t from '../../../../grammar/tokens.ts';
import { fixSlips } from '../../../1-parse/fix-slips/fix-slips.ts';
import { type BracketRole, roleOf } from '../../../1-parse/fix-slips/frames.ts';
import {
  endsOperand,
  is,
  isBar,
  isCloser,
  isOpener,
  isStatementKeyword,
} from '../../../1-parse/fix-slips/token-kinds.ts';
import { wordEnd } from '../../tree/word-at.ts';

const k = t.keywordTokens;

/** A bracket that is open at the cursor. */
export interface OpenBracket {
  readonly role: BracketRole;
  /** Its place among the prefix's tokens. */
  readonly index: number;
  /** Where the element, the row or the statement at the cursor begins: the place of its first token. */
  readonly element: number;
}

/** The text before the cursor. */
export interface Prefix {
  /** The tokens of the piece, with slips fixed. */
  readonly tokens: readonly IToken[];
  /** A short text that the grammar continues in the same way: complete parts are left out or replaced by `x`. */
  readonly reduced: IToken[];
  /** Outermost first. */
  readonly open: readonly OpenBracket[];
  /** The place of the first token of the declaration at the cursor, and of its statement or member there. */
  readonly declaration: number;
  readonly statement: number;
  /**
   * A word in the cursor's place, and the tokens that close everything open there; nothing where a word is not
   * possible.
   */
  readonly closing: readonly IToken[];
}

/** Reads the tokens before the cursor: fixes them as the parser's front does, finds what is open, and shortens them. */
export function readPrefix(text: string, tokens: readonly IToken[], cursor: number): Prefix {
  const { before, closing } = fixBefore(text, tokens, cursor);
  return { ...reduce(before, text), closing };
}

/**
 * The tokens as the parser would see them if the text went on at the cursor. A word stands in for what will be typed,
 * otherwise the arrow or operator before it would be left out as dangling; on a line of its own after something complete
 * it begins a statement. A name alone on the line before the cursor may become one, and would be left out before a word.
 */
function fixBefore(text: string, tokens: readonly IToken[], cursor: number): { before: IToken[]; closing: IToken[] } {
  const last = tokens.at(-1);
  const startsLine = /\n[^\S\n]*$/.test(text.slice(last ? last.endOffset! + 1 : 0, cursor));
  const closers = closersBehind(text, cursor);
  // the brace itself decides what may follow it: a statement there would be reported as too early
  const begins = startsLine && closers.length === 0 && endsOperand(last) && !is(last, t.RBrace);
  // this name is never bound
  const word = createTokenAt(t.Name, '_', cursor);
  const binding = [createTokenAt(t.Equal, '=', cursor + 2), createTokenAt(t.NumberLiteral, '1', cursor + 4)];
  const isName = !startsLine && isAloneOnLine(text, tokens);
  const standIn = begins ? [word, ...binding] : isName ? binding : [word];
  const source = { name: '', text: `${text.slice(0, cursor)}_ = 1` };
  const fixed = fixSlips(source, [...tokens, ...standIn, ...closers], () => {}, false, true);
  const at = fixed.indexOf(standIn[0] as IToken);
  const after = fixed.findIndex(({ startOffset }) => startOffset >= cursor);
  const before = fixed.slice(0, at >= 0 ? at : after >= 0 ? after : fixed.length);
  // a token inserted right before the word would end what the cursor is still in
  if (!begins || at < 0) while (before.at(-1)?.isInsertedInRecovery) before.pop();
  return { before, closing: at >= 0 && !isName ? fixed.slice(at) : [] };
}

/** Parentheses and brackets that are closed shortly after the cursor: they continue over several lines. */
function closersBehind(text: string, cursor: number): IToken[] {
  const closers: IToken[] = [];
  let depth = 0;
  for (const token of tokenize(text.slice(wordEnd(text, cursor), cursor + 400)).tokens) {
    if (isOpener(token)) depth++;
    else if (isCloser(token) && --depth < 0) {
      if (is(token, t.RBrace)) break;
      closers.push(createTokenAt(token.tokenType, token.image, cursor + 6 + closers.length));
      depth = 0;
    } else if (isStatementKeyword(token) || isBar(token)) break;
  }
  return closers;
}

/** Whether the last token is a name, and the first token of its line. */
function isAloneOnLine(text: string, tokens: readonly IToken[]): boolean {
  const [before, last] = [tokens.at(-2), tokens.at(-1)];
  return last !== undefined && is(last, t.Name) && (before === undefined || hasLineEnd(text, before, last));
}

interface Frame {
  readonly role: BracketRole;
  readonly index: number;
  /** The length of the reduced text up to the bracket, itself included. */
  readonly kept: number;
  element: number;
  /** Where the chain at the cursor has its last arrow in the reduced text. */
  arrow: number;
  comprehension: boolean;
  rows: number;
}

function reduce(tokens: readonly IToken[], text: string): Omit<Prefix, 'closing'> {
  const out: IToken[] = [];
  const frames: Frame[] = [];
  let declaration = 0;
  let statement = 0;
  let afterParams = false;
  const x = createTokenAt(t.Name, 'x', 0);
  const enter = (role: BracketRole, index: number) => {
    frames.push({ role, index, kept: out.length, element: index + 1, arrow: -1, comprehension: false, rows: 0 });
  };
  const shorten = (frame: Frame, content: readonly IToken[]) => {
    out.length = frame.kept;
    out.push(...content);
    frame.arrow = -1;
  };
  tokens.forEach((token, i) => {
    const frame = frames.at(-1);
    if (!frame) {
      if (is(token, k.block) || is(token, k.model) || is(token, k.weights) || is(token, k.import)) {
        out.length = 0;
        declaration = statement = i;
      }
    } else if (isBody(frame.role) && beginsStatement(tokens, i, frame, text)) {
      shorten(frame, []);
      frame.element = i;
      statement = i;
    }
    if (isCloser(token) && frame) {
      frames.pop();
      const outer = frames.at(-1);
      const inParam = outer?.role === 'params' || is(tokens[statement], k.param);
      shorten(frame, inParam && endsListType(tokens, i) ? [] : contentOf(frame.role, x));
      out.push(token);
      afterParams = frame.role === 'params';
      if (outer) outer.arrow = Math.min(outer.arrow, out.length - 1);
      return;
    }
    if (frame && is(token, t.Arrow)) {
      if (frame.arrow >= 0) out.length = frame.arrow;
      frame.arrow = out.length;
    }
    if (frame?.role === 'rows' && isBar(token)) {
      startCell(frame, token, i, { out, x });
      return;
    }
    if (is(token, k.for) && frame) frame.comprehension = true;
    out.push(token);
    if (isOpener(token)) {
      const endsLine = tokens[i + 1] !== undefined && hasLineEnd(text, token, tokens[i + 1] as IToken);
      enter(roleOf(tokens.slice(Math.max(0, i - 2), i), tokens, i, { afterParams, endsLine }), i);
    } else if (is(token, t.Comma) && frame) {
      if (isList(frame)) shorten(frame, [x, token]);
      frame.arrow = -1;
      if (!isBody(frame.role)) frame.element = i + 1;
    }
    afterParams = false;
  });
  return {
    tokens,
    reduced: out,
    open: frames.map(({ role, index, element }) => ({ role, index, element })),
    declaration,
    statement,
  };
}

/** `: int[]`: brackets that hold nothing, where a parameter says its type. */
function endsListType(tokens: readonly IToken[], close: number): boolean {
  return is(tokens[close - 1], t.LBracket) && is(tokens[close - 3], t.Colon);
}

/** Whether a bracket holds members or statements. */
export function isBody(role: BracketRole): boolean {
  return role === 'block' || role === 'model' || role === 'scaling';
}

/** Brackets whose complete elements do not affect what comes next; in a comprehension they do. */
function isList({ role, comprehension }: Frame): boolean {
  return !isBody(role) && role !== 'rows' && !comprehension;
}

/** The replacement for the contents of a closed bracket. */
function contentOf(role: BracketRole, x: IToken): IToken[] {
  if (isBody(role)) return [];
  return role === 'rows' ? [createTokenAt(t.RowStart, '|', 0), x, createTokenAt(t.RowEnd, '|', 0)] : [x];
}

function startCell(frame: Frame, bar: IToken, i: number, { out, x }: { out: IToken[]; x: IToken }): void {
  const start = createTokenAt(t.RowStart, '|', 0);
  const header = [start, x, createTokenAt(t.RowEnd, '|', 0)];
  out.length = frame.kept;
  frame.arrow = -1;
  frame.element = i + 1;
  if (is(bar, t.RowStart)) out.push(...(frame.rows++ > 0 ? header : []), bar);
  else if (is(bar, t.RowEnd)) out.push(...header);
  else out.push(...(frame.rows > 1 ? [...header, start, bar] : [start, x, bar]));
}

/** Whether a member or statement begins at a token of a body. The tokens are fixed: two names in a row are two. */
function beginsStatement(tokens: readonly IToken[], i: number, frame: Frame, text: string): boolean {
  const token = tokens[i] as IToken;
  if (isStatementKeyword(token)) return true;
  if (!is(token, t.Name) && !is(token, k.table)) return false;
  return i === frame.index + 1 || ends(tokens, i - 1) || bindsOnLine(tokens, i, text);
}

/** `name:` or `name =` first on its line, after something incomplete: that was cut off. */
function bindsOnLine(tokens: readonly IToken[], i: number, text: string): boolean {
  const [before, token, after] = [tokens[i - 1], tokens[i] as IToken, tokens[i + 1]];
  if (!before || is(before, t.Arrow) || is(before, t.Comma) || is(before, k.return)) return false;
  return (is(after, t.Colon) || is(after, t.Equal)) && hasLineEnd(text, before, token);
}

function ends(tokens: readonly IToken[], i: number): boolean {
  const token = tokens[i];
  if (endsOperand(token)) return true;
  return (is(token, k.block) || is(token, k.table)) && is(tokens[i - 1], t.Colon);
}

function hasLineEnd(text: string, { endOffset }: IToken, next: IToken): boolean {
  return text.slice(endOffset! + 1, next.startOffset).includes('\n');
}
