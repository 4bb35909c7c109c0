import { tokenize } from '../../../grammar/lexer.ts';
import { keywordTokens, Name, NumberLiteral, StringLiteral } from '../../../grammar/tokens.ts';
import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import { parseLimits } from '../../1-parse/limits.ts';
import type { Module } from '../../2-resolve/program.ts';
import type { Analysis } from '../core/analysis.ts';
import { type Role, roleOfWord, rolesIn, type SemanticTokenType } from '../names/name-roles.ts';

/** The kind of a part of a line. */
export interface SemanticToken extends Role {
  readonly start: number;
  readonly length: number;
}

const plainTypes: ReadonlyMap<unknown, SemanticTokenType> = new Map([
  ...Object.values(keywordTokens).map((type) => [type, 'keyword'] as const),
  [NumberLiteral, 'number'],
  [StringLiteral, 'string'],
]);

/**
 * The tokens of a document, or those that touch a range, in order; symbols have none. Names get what they mean; in
 * unparsed text, those with a meaning by themselves. A declaration's tokens are kept as long as its meaning is unchanged.
 */
export function semanticTokens(
  analysis: Analysis,
  range: { readonly start: number; readonly end: number } = { start: 0, end: analysis.source.text.length },
): SemanticToken[] {
  const { module, source } = analysis;
  const found: SemanticToken[] = [];
  const add = (tokens: readonly SemanticToken[], shift: number) => {
    for (const { start, length, type, modifiers } of tokens) {
      if (start + length + shift < range.start || start + shift > range.end) continue;
      found.push({ start: start + shift, length, type, modifiers });
    }
  };
  const addGap = (start: number, end: number) => {
    if (start >= end || end < range.start || start > range.end) return;
    add(tokensIn(module, source.text.slice(start, end), 0, noRoles), start);
  };
  let end = 0;
  const nodes: readonly (Declaration | ImportNode)[] = [...module.ast.imports, ...module.ast.declarations];
  const placed = nodes.map((node) => ({ node, place: analysis.locate(node.span) }));
  for (const { node, place } of placed.sort((a, b) => a.place.start - b.place.start)) {
    if (place.start < end) continue;
    addGap(end, place.start);
    if (place.end >= range.start && place.start <= range.end)
      add(tokensOf(module, node), place.start - node.span.start);
    end = place.end;
  }
  addGap(end, source.text.length);
  return found;
}

const noRoles: ReadonlyMap<number, Role> = new Map();

const known = new WeakMap<object, readonly SemanticToken[]>();

/** The tokens of a declaration, at offsets of its own source. */
function tokensOf(module: Module, node: Declaration | ImportNode): readonly SemanticToken[] {
  const declared = 'name' in node && node.kind !== 'weights' ? module.scope.get(node.name.name) : undefined;
  // two declarations that are the same object mean the same; of others only the tree is known
  const key = declared?.node === node ? declared : undefined;
  const before = key && known.get(key);
  if (before) return before;
  const { source, start, end } = node.span;
  const tokens = tokensIn(module, source.text.slice(start, end), start, rolesIn(module, node));
  if (key) known.set(key, tokens);
  return tokens;
}

/** The tokens of a text that starts at an offset of its source. */
function tokensIn(module: Module, text: string, from: number, roles: ReadonlyMap<number, Role>): SemanticToken[] {
  const found: SemanticToken[] = [];
  const { tokens, comments } = tokenize(text, parseLimits.tokens);
  for (const { startOffset, image, tokenType } of tokens) {
    const start = from + startOffset;
    const plain = tokenType === Name ? undefined : plainTypes.get(tokenType);
    const role = roles.get(start) ?? (tokenType === Name ? roleOfWord(module, image) : undefined);
    if (!role) {
      if (plain) found.push({ start, length: image.length, type: plain, modifiers: [] });
      continue;
    }
    // in a dotted name the head has a meaning, the rest are its properties
    const dot = image.indexOf('.');
    const head = dot > 0 && role.type !== 'property' ? dot : image.length;
    found.push({ start, length: head, ...role });
    if (head < image.length) {
      found.push({ start: start + head + 1, length: image.length - head - 1, type: 'property', modifiers: [] });
    }
  }
  for (const { startOffset, image } of comments) {
    const modifiers = image.startsWith('///') ? (['documentation'] as const) : [];
    found.push({ start: from + startOffset, length: image.length, type: 'comment', modifiers });
  }
  return found.sort((a, b) => a.start - b.start);
}
