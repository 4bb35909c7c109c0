import {
  type SemanticTokens,
  type SemanticTokensDelta,
  SemanticTokensDeltaRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
} from 'vscode-languageserver';
import { semanticTokens } from '../../ide/features/semantic-tokens.ts';
import { semanticTokenModifiers, semanticTokenTypes } from '../../ide/names/name-roles.ts';
import { answerIn } from '../guard.ts';
import { positionAt } from '../lines.ts';
import type { Session } from '../session.ts';
import { type DocumentView, offsetsIn } from '../view.ts';

/** Numbers that a token takes: line and character relative to the one before, length, type, modifiers. */
const perToken = 5;

/** Semantic tokens: all of them, those of a range, or the differences from last time. */
export function answerTokens(session: Session): void {
  const { documents } = session;
  const sent = new Map<string, { readonly resultId: string; readonly data: number[] }>();
  let next = 0;
  const remember = (view: DocumentView, data: number[]): SemanticTokens => {
    for (const uri of sent.keys()) if (!documents.has(uri)) sent.delete(uri);
    const result = { resultId: String(++next), data };
    sent.set(view.uri, result);
    return result;
  };
  answerIn(session, SemanticTokensRequest.type, (view) => remember(view, encode(view)));
  answerIn(
    session,
    SemanticTokensDeltaRequest.type,
    (view, { previousResultId }): SemanticTokens | SemanticTokensDelta => {
      const before = sent.get(view.uri);
      const { resultId, data } = remember(view, encode(view));
      if (!before || before.resultId !== previousResultId) return { resultId, data };
      return { resultId, edits: difference(before.data, data) };
    },
  );
  answerIn(session, SemanticTokensRangeRequest.type, (view, { range }) => ({
    data: encode(view, offsetsIn(view, range)),
  }));
}

function encode(view: DocumentView, range?: { start: number; end: number }): number[] {
  const { encoding } = view.session.client;
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const token of semanticTokens(view.analysis, range)) {
    const start = positionAt(view.lines, token.start, encoding);
    const end = positionAt(view.lines, token.start + token.length, encoding);
    const modifiers = token.modifiers.reduce((bits, m) => bits | (1 << semanticTokenModifiers.indexOf(m)), 0);
    const relative = start.line === line ? start.character - character : start.character;
    const type = semanticTokenTypes.indexOf(token.type);
    data.push(start.line - line, relative, end.character - start.character, type, modifiers);
    line = start.line;
    character = start.character;
  }
  return data;
}

/** One edit: what is between the tokens that are equal at the start and those at the end. */
function difference(before: readonly number[], after: readonly number[]) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  start -= start % perToken;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  end -= end % perToken;
  if (start === before.length && start === after.length) return [];
  return [{ start, deleteCount: before.length - start - end, data: after.slice(start, after.length - end) }];
}
