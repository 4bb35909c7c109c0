import type { IToken } from 'chevrotain';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import { expectedIn, foundOf } from '../syntax-errors.ts';
import { isInline } from './frames.ts';
import { insert } from './headings.ts';
import { beginsLine, type Mending } from './mending.ts';
import * as kind from './token-kinds.ts';
import { is } from './token-kinds.ts';

const k = t.keywordTokens;

/**
 * A word where a declaration, a member or a statement is due and none begins: left out up to where one does.
 * @returns whether the token is dealt with.
 */
export function skipUnknown(m: Mending, token: IToken, startsLine: boolean): boolean {
  const frame = m.frames.at(-1);
  if (!frame) {
    if (m.declared && is(token, k.import)) {
      skip(m, token, expectedIn('file'));
      return true;
    }
    if (m.afterParams || kind.isOpener(token) || kind.isCloser(token) || isHeading(m, token)) return false;
    if (kind.startsDeclaration(m.tokens, m.position) || is(token, t.RowStart)) return false;
    if (is(token, k.block) || is(token, k.weights)) return false;
    skip(m, token, expectedIn('file'));
    return true;
  }
  if (isInline(frame) || frame.role === 'rows') return false;
  const previous = m.out.at(-1);
  const first = previous === frame.open || (startsLine && kind.endsOperand(previous));
  // A line may begin with the `=` of `param x: int[]`, or with the colon after a name.
  const nameless = is(token, t.Equal) ? previous === frame.open : first && !is(previous, t.Name) && is(token, t.Colon);
  if (!(kind.startsOperand(token) && (first || kind.endsOperand(previous))) && !nameless) return false;
  if (kind.startsStatement(m.tokens, m.position)) return false;
  if (lacksColon(m, first, token)) return true;
  if (frame.role === 'scaling' && is(token, t.Name) && is(m.tokens[m.position + 1], t.LParen)) return false;
  skip(m, token, first ? expectedIn(frame.role) : "an operator, '->' or the end of the statement");
  return true;
}

/** `stem Conv(8)` in a model, `-> conv Conv(8)`: a label without its colon, which is put in. */
function lacksColon(m: Mending, first: boolean, token: IToken): boolean {
  const [next, second] = [m.tokens[m.position + 1], m.tokens[m.position + 2]];
  if (!first && is(m.out.at(-1), t.Name) && is(m.out.at(-2), t.Arrow) && is(token, t.Name)) {
    insert(m, token, t.Colon, ':');
    return true;
  }
  if (!first || m.frames.at(-1)?.role !== 'model' || !is(token, t.Name) || !is(next, t.Name)) return false;
  if (is(second, t.Equal) || is(second, t.Colon) || beginsLine(m, m.position + 1)) return false;
  m.out.push(token);
  m.position++;
  insert(m, next as IToken, t.Colon, ':');
  return true;
}

/** Whether the tokens read so far end within the head of a declaration, which the parser reads. */
function isHeading({ out }: Mending, token: IToken): boolean {
  if (out.length === 0) return false;
  if (is(token, k.from)) return true;
  const last = out.at(-1) as IToken;
  // A declaration ends with its brace, an import with its string.
  return !is(last, t.RBrace) && !is(last, t.StringLiteral);
}

function skip(m: Mending, token: IToken, expected: string): void {
  const span = { source: m.source, start: token.startOffset, end: token.endOffset! + 1 };
  m.report(createDiagnostic('syntax', span, { expected, found: foundOf(token) }));
  let depth = 0;
  for (m.position++; m.position < m.tokens.length; m.position++) {
    const next = m.tokens[m.position] as IToken;
    const startsLine = beginsLine(m, m.position);
    if (startsLine && kind.startsDeclaration(m.tokens, m.position)) return;
    if (depth === 0 && m.frames.length > 0) {
      if (kind.isCloser(next) || (startsLine && kind.isBar(next))) return;
      const begins = kind.startsStatement(m.tokens, m.position) && !is(m.tokens[m.position + 1], t.Comma);
      // After an arrow a name with a colon is a step's label.
      if (is(m.tokens[m.position - 1], t.Arrow)) continue;
      if (begins || (startsLine && kind.startsStatement(m.tokens, m.position))) return;
    }
    if (kind.isOpener(next)) depth++;
    else if (kind.isCloser(next)) depth = Math.max(0, depth - 1);
  }
}
