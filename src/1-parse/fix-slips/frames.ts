import type { IToken } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { endsOperand, is, isBar, isCloser, isOpener, isStatementKeyword } from './token-kinds.ts';

const k = t.keywordTokens;

/** What an open bracket holds. */
export type BracketRole =
  | 'params'
  | 'call'
  | 'sharing'
  | 'group'
  | 'list'
  | 'inline'
  | 'rows'
  | 'block'
  | 'model'
  | 'scaling';

/** A bracket that is open. */
export interface Frame {
  readonly open: IToken;
  readonly role: BracketRole;
  /** In rows: a row has begun and is not closed yet. */
  rowOpen: boolean;
  /** In rows: how many have begun. The first is the header, where words follow each other only across bars. */
  rows: number;
  /** In rows: they are a weight map's, which may have conventions before its header. */
  readonly isMap: boolean;
  /** In rows: the bars of the current row. */
  bars: number;
  /** In a body: the statement has come so far that a colon is a label's and not a slip for `=`. */
  bound: boolean;
  /** An `if` or `require` has come: from here on `=` is a slip for `==`. */
  condition: boolean;
  /** That its closing partner is missing follows from a slip already reported. */
  forgiven: boolean;
}

export function createFrame(open: IToken, role: BracketRole, isMap = false): Frame {
  return { open, role, rowOpen: false, rows: 0, isMap, bars: 0, bound: false, condition: false, forgiven: false };
}

/** Bodies and rows: an unclosed parenthesis ends with the statement or the row that holds it. */
export function isBarrier(frame: Frame): boolean {
  return !isInline(frame);
}

/** Brackets inside of a statement. */
export function isInline({ role }: Frame): boolean {
  return (
    role === 'params' ||
    role === 'call' ||
    role === 'sharing' ||
    role === 'group' ||
    role === 'list' ||
    role === 'inline'
  );
}

/** Whether commas divide what the bracket holds. */
export function hasElements({ role }: Frame): boolean {
  return role === 'params' || role === 'call' || role === 'sharing' || role === 'list' || role === 'inline';
}

/** What is known about an opening bracket in addition to its neighbours. */
export interface BracketFacts {
  /** It follows a block's parameters. */
  readonly afterParams: boolean;
  /** It is the last thing on its line. */
  readonly endsLine: boolean;
}

/** The contents of tokens[i], an opening bracket; `before` are the tokens before it. */
export function roleOf(
  before: readonly IToken[],
  tokens: readonly IToken[],
  i: number,
  place: BracketFacts,
): BracketRole {
  const previous = before.at(-1);
  const second = before.at(-2);
  if (is(tokens[i], t.LBracket)) return 'list';
  if (is(tokens[i], t.LParen)) {
    if (is(previous, k.block)) return 'params';
    if (is(previous, k.share)) return 'sharing';
    if (is(previous, t.Name)) return is(second, k.block) ? 'params' : 'call';
    return endsOperand(previous) ? 'call' : 'group';
  }
  const named = is(previous, t.Name) ? second : undefined;
  if (place.afterParams || is(named, k.block)) return 'block';
  if (is(previous, k.model) || is(named, k.model)) return 'model';
  if (is(previous, k.scaling) || is(named, k.scaling)) return 'scaling';
  if (is(previous, k.variants) || is(named, k.table) || is(named, k.weights)) return 'rows';
  return isBar(tokens[i + 1]) || (place.endsLine && endsItsLineWithBar(tokens, i + 1)) ? 'rows' : 'inline';
}

/** How many tokens are examined to distinguish slips: enough for any list that a person writes. */
const horizon = 200;

/** Whether a bar ends the line of tokens[i], with no other row or statement between. */
export function endsItsLineWithBar(tokens: readonly IToken[], i: number): boolean {
  let depth = 0;
  for (let j = i; j < Math.min(tokens.length, i + horizon); j++) {
    const token = tokens[j] as IToken;
    if (is(token, t.RowEnd)) return depth === 0;
    if (is(token, t.RowStart) || is(token, t.Equal) || (depth === 0 && is(token, t.Colon))) return false;
    if (isOpener(token)) depth++;
    else if (isCloser(token) && --depth < 0) return false;
  }
  return false;
}

/** Whether the bracket that is open at tokens[i] is closed further on, within its statement. Far away it may be. */
export function closesLater(tokens: readonly IToken[], i: number): boolean {
  let depth = 0;
  for (let j = i; j < tokens.length; j++) {
    if (j === i + horizon) return true;
    const token = tokens[j] as IToken;
    if (isOpener(token)) depth++;
    else if (isCloser(token)) {
      if (depth === 0) return !is(token, t.RBrace);
      depth--;
    } else if (depth === 0 && (isBar(token) || isStatementKeyword(token))) return false;
  }
  return false;
}
