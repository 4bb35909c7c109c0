import type { IToken } from 'chevrotain';
import { keywordTokens, LineComment, Name, NumberLiteral, StringLiteral } from '../../../grammar/tokens.ts';
import type { Analysis } from '../core/analysis.ts';
import { nameRoles } from '../names/name-roles.ts';
import { documentTokens } from '../tree/document-tokens.ts';

/** What a token can be, in the order in which clients are told of it. */
export const semanticTokenTypes = [
  'keyword',
  'type',
  'class',
  'function',
  'parameter',
  'variable',
  'property',
  'enumMember',
  'number',
  'string',
  'comment',
] as const;

export const semanticTokenModifiers = ['declaration', 'defaultLibrary', 'documentation'] as const;

export type SemanticTokenType = (typeof semanticTokenTypes)[number];
export type SemanticTokenModifier = (typeof semanticTokenModifiers)[number];

/** What a stretch of a line is. */
export interface SemanticToken {
  readonly start: number;
  readonly length: number;
  readonly type: SemanticTokenType;
  readonly modifiers: readonly SemanticTokenModifier[];
}

const plainTypes: ReadonlyMap<unknown, SemanticTokenType> = new Map([
  ...Object.values(keywordTokens).map((type) => [type, 'keyword'] as const),
  [NumberLiteral, 'number'],
  [StringLiteral, 'string'],
]);

/**
 * The tokens of a document, or of those of its declarations that touch a range, in order; symbols have none. Names get
 * what they mean; in text that could not be read, those that mean something by themselves.
 */
export function semanticTokens(
  analysis: Analysis,
  range?: { readonly start: number; readonly end: number },
): SemanticToken[] {
  const { start, end } = range ?? { start: 0, end: analysis.source.text.length };
  const { tokens, comments } = documentTokens(analysis.source);
  const roles = nameRoles(analysis, { start, end });
  const found: SemanticToken[] = [];
  for (const token of between(tokens, start, end)) {
    const { startOffset, image } = token;
    const role = roles.at(startOffset, image);
    if (role) {
      // of a dotted name the head has a meaning, the rest are its properties
      const dot = image.indexOf('.');
      const head = dot > 0 && role.type !== 'property' ? dot : image.length;
      found.push({ start: startOffset, length: head, ...role });
      if (head < image.length) {
        found.push({ start: startOffset + head + 1, length: image.length - head - 1, type: 'property', modifiers: [] });
      }
      continue;
    }
    const type = token.tokenType === Name ? undefined : plainTypes.get(token.tokenType);
    if (type) found.push({ start: startOffset, length: image.length, type, modifiers: [] });
  }
  for (const { startOffset, image, tokenType } of between(comments, start, end)) {
    if (tokenType !== LineComment) continue;
    const modifiers = image.startsWith('///') ? (['documentation'] as const) : [];
    found.push({ start: startOffset, length: image.length, type: 'comment', modifiers });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The tokens that touch a range; tokens are in order. */
function between(tokens: readonly IToken[], start: number, end: number): IToken[] {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const token = tokens[middle] as IToken;
    if (token.startOffset + token.image.length < start) low = middle + 1;
    else high = middle;
  }
  const found: IToken[] = [];
  for (let i = low; i < tokens.length && (tokens[i] as IToken).startOffset <= end; i++) found.push(tokens[i] as IToken);
  return found;
}
