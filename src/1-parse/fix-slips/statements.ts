import type { IToken } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { expectedIn, foundOf } from '../syntax-errors.ts';
import { type Frame, isInline } from './frames.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';
import { beginsLine, insert, report, spanOf, type TokenPass } from './token-pass.ts';

const k = t.keywordTokens;

/**
 * A word where a declaration, a member or a statement is due and none begins: left out up to where one does.
 * @returns whether the token is dealt with.
 */
export function skipUnknown(p: TokenPass, token: IToken, startsLine: boolean): boolean {
  const frame = p.frames.at(-1);
  if (!frame) {
    if (p.declared && is(token, k.import)) {
      skip(p, token, expectedIn('file'));
      return true;
    }
    if (p.afterParams || kind.isOpener(token) || kind.isCloser(token) || isHeading(p, token)) return false;
    if (kind.startsDeclaration(p.tokens, p.position) || is(token, t.RowStart)) return false;
    if (is(token, k.block) || is(token, k.weights)) return false;
    skip(p, token, expectedIn('file'));
    return true;
  }
  if (isInline(frame) || frame.role === 'rows') return false;
  const previous = p.out.at(-1);
  const first = previous === frame.open || (startsLine && kind.endsOperand(previous));
  // A line may begin with the `=` of `param x: int[]`, or with the colon after a name or a weight.
  const nameless = is(token, t.Equal)
    ? previous === frame.open
    : first && !is(previous, t.Name) && is(token, t.Colon) && !isWeighed(p);
  if (!(kind.startsOperand(token) && (first || kind.endsOperand(previous))) && !nameless) return false;
  if (kind.startsStatement(p.tokens, p.position)) return false;
  if (lacksColon(p, first, token)) return true;
  if (frame.role === 'scaling' && is(token, t.Name) && is(p.tokens[p.position + 1], t.LParen)) return false;
  skip(p, token, first ? expectedIn(frame.role) : "an operator, '->' or the end of the statement");
  return true;
}

/** `stem Conv(8)` in a model, `-> conv Conv(8)`: a label without its colon, which is put in. */
function lacksColon(p: TokenPass, first: boolean, token: IToken): boolean {
  const [next, second] = [p.tokens[p.position + 1], p.tokens[p.position + 2]];
  if (!first && is(p.out.at(-1), t.Name) && is(p.out.at(-2), t.Arrow) && is(token, t.Name)) {
    insert(p, token, t.Colon, ':');
    return true;
  }
  if (!first || p.frames.at(-1)?.role !== 'model' || !is(token, t.Name) || !is(next, t.Name)) return false;
  if (is(second, t.Equal) || is(second, t.Colon) || beginsLine(p, p.position + 1)) return false;
  p.out.push(token);
  p.position++;
  insert(p, next as IToken, t.Colon, ':');
  return true;
}

/** Whether the current statement is an `auxiliary`, whose weight is followed by a colon. */
export function isWeighed({ out }: TokenPass): boolean {
  return is(out.findLast(kind.isStatementKeyword), k.auxiliary);
}

/** Whether the tokens read so far end within the head of a declaration, which the parser reads. */
function isHeading({ out }: TokenPass, token: IToken): boolean {
  if (out.length === 0) return false;
  if (is(token, k.from)) return true;
  const last = out.at(-1) as IToken;
  // A declaration ends with its brace, an import with its string.
  return !is(last, t.RBrace) && !is(last, t.StringLiteral);
}

/**
 * An `else` that does not belong to a value, such as after a step's condition: left out up to the end of its statement
 * or bracket. @returns whether the token is handled.
 */
export function skipStrayElse(p: TokenPass, token: IToken): boolean {
  const frame = p.frames.at(-1);
  if (!is(token, k.else) || !frame || frame.role === 'rows' || followsValue(p)) return false;
  report(p, 'stray-else', spanOf(p, token), {});
  skipRest(p);
  return true;
}

/** How many tokens are examined for the `if` of an `else`. */
const mostTokens = 1000;

/** Whether the `if` before an `else` follows a value, such as a name, an argument or an output, not a step. */
function followsValue(p: TokenPass): boolean {
  const { out, frames } = p;
  let depth = 0;
  let elses = 0;
  let found = false;
  const last = Math.max(0, out.length - mostTokens);
  for (let i = out.length - 1; i >= last; i--) {
    const token = out[i] as IToken;
    if (kind.isCloser(token)) depth++;
    else if (kind.isOpener(token) && depth-- === 0) return found && isInline(frames.at(-1) as Frame);
    if (depth > 0) continue;
    if (is(token, k.else)) elses++;
    else if (is(token, k.if) && !found) found = elses-- === 0;
    else if (is(token, t.Arrow)) return false;
    else if (is(token, t.Comma) || is(token, t.Equal) || kind.isStatementKeyword(token)) return found;
    else if (is(token, t.Colon) && isWeighed(p)) return found;
  }
  return found;
}

function skip(p: TokenPass, token: IToken, expected: string): void {
  report(p, 'syntax', spanOf(p, token), { expected, found: foundOf(token) });
  skipRest(p);
}

/** Leaves out a token and what follows it, up to where a bracket closes or a statement begins. */
function skipRest(p: TokenPass): void {
  let depth = 0;
  for (p.position++; p.position < p.tokens.length; p.position++) {
    const next = p.tokens[p.position] as IToken;
    const startsLine = beginsLine(p, p.position);
    if (startsLine && kind.startsDeclaration(p.tokens, p.position)) return;
    if (depth === 0 && p.frames.length > 0) {
      if (kind.isCloser(next) || (startsLine && kind.isBar(next))) return;
      const begins = kind.startsStatement(p.tokens, p.position) && !is(p.tokens[p.position + 1], t.Comma);
      // After an arrow a name with a colon is a step's label.
      if (is(p.tokens[p.position - 1], t.Arrow)) continue;
      if (begins || (startsLine && kind.startsStatement(p.tokens, p.position))) return;
    }
    if (kind.isOpener(next)) depth++;
    else if (kind.isCloser(next)) depth = Math.max(0, depth - 1);
  }
}
