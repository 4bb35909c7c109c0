import type { IToken } from 'chevrotain';
import { tokenize } from '../../../../grammar/lexer.ts';
import * as t from '../../../../grammar/tokens.ts';
import { is, isCloser, isOpener } from '../../../1-parse/fix-slips/token-kinds.ts';
import { tensorProperties } from '../../../3-check/check-name.ts';
import type { Signature, SignatureParam } from '../../../3-check/signature.ts';
import { actsAsTensor } from '../../../3-check/types.ts';
import { signatureOfTarget } from '../../names/signature-of-target.ts';
import { wordEnd } from '../../tree/word-at.ts';
import type { OpenBracket } from './prefix.ts';
import type { Site } from './site.ts';

const k = t.keywordTokens;

/** A call whose arguments, or whose table, contain the cursor. */
export interface CallAt {
  readonly signature: Signature;
  /** Whether the chain brings its tensors. */
  readonly chained: boolean;
  /** Names of the arguments that are there, also after the cursor. */
  readonly given: ReadonlySet<string>;
  /** How many arguments without a name stand before the one at the cursor. */
  readonly positional: number;
  /** The name of the argument at the cursor, where it has one already. */
  readonly argument?: string;
}

/** What a callee's name means as far as completion must know it: the block behind a parameter is its default. */
export function signatureAt({ module, scope }: Site, name: string): Signature | undefined {
  const visible = scope.names.get(name);
  if (!visible) return signatureOfTarget(module, { kind: 'free', name });
  return visible.type === 'block' && visible.local
    ? signatureOfTarget(module, { kind: 'local', local: visible.local })
    : undefined;
}

/** The words before an opening parenthesis that is not a block's call: `convention tf(`, `input image: [3, 8, 8] (`. */
export function settingsAt(site: Site): 'convention' | 'input' | undefined {
  const { prefix, bracket } = site;
  if (bracket?.role !== 'call') return undefined;
  const first = prefix.tokens[prefix.statement];
  if (is(first, k.convention) && bracket.index === prefix.statement + 2) return 'convention';
  const depth = prefix.open.length;
  if (is(first, k.input) && depth === 2 && !is(prefix.tokens[bracket.index - 1], t.Name)) return 'input';
  return undefined;
}

/** The call whose parenthesis is the innermost bracket. */
export function callAt(site: Site): CallAt | undefined {
  const { prefix, bracket } = site;
  if (bracket?.role !== 'call' || settingsAt(site)) return undefined;
  const callee = prefix.tokens[bracket.index - 1];
  const signature = callee && is(callee, t.Name) ? signatureAt(site, callee.image) : undefined;
  if (!signature) return undefined;
  const before = argumentsIn(prefix.tokens, bracket.index + 1);
  const { text, cursor } = site.piece;
  const after = argumentsIn(tokenize(text.slice(wordEnd(text, cursor), cursor + 2000)).tokens, 0);
  const named = prefix.tokens[bracket.element];
  const argument = is(named, t.Name) && is(prefix.tokens[bracket.element + 1], t.Colon) ? named?.image : undefined;
  return {
    signature,
    chained: isChained(site, signature, bracket.index - 1),
    given: new Set([...before.names, ...after.names]),
    positional: before.positional,
    ...(argument !== undefined && { argument }),
  };
}

/** The arguments from a token on, up to the end or the closing bracket; the last is not counted: the cursor is in it. */
function argumentsIn(tokens: readonly IToken[], from: number): { names: string[]; positional: number } {
  const names: string[] = [];
  let positional = 0;
  let depth = 0;
  let start = from;
  for (let i = from; i < tokens.length && depth >= 0; i++) {
    const token = tokens[i] as IToken;
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth--;
    else if (depth === 0 && is(token, t.Comma)) {
      if (!is(tokens[start + 1], t.Colon)) positional++;
      start = i + 1;
    } else if (depth === 0 && is(token, t.Colon) && i === start + 1) names.push((tokens[start] as IToken).image);
  }
  return { names, positional };
}

/**
 * Whether tensors come to a callee from a chain: to a step, after an arrow, labelled or not, and to the first of a section
 * as long as its first argument is not a tensor.
 */
function isChained({ prefix, scope }: Site, signature: Signature, callee: number): boolean {
  const { tokens, statement } = prefix;
  const before = tokens[callee - 1];
  if (is(before, t.Arrow)) return true;
  if (!is(before, t.Colon)) return false;
  if (is(tokens[callee - 3], t.Arrow)) return true;
  if (callee - 2 !== statement && callee - 4 !== statement) return false;
  const first = tokens[callee + 2];
  if (!first || !is(first, t.Name)) return true;
  if (is(tokens[callee + 3], t.Colon)) return !signature.byName.get(first.image)?.tensor;
  const [head = '', ...rest] = first.image.split('.');
  const visible = scope.names.get(head);
  return (
    !visible ||
    !actsAsTensor(visible.type) ||
    visible.type === 'unknown' ||
    tensorProperties.includes(rest.at(-1) ?? '')
  );
}

/** The parameters that an argument without a name can fill, in order, as `bindArguments` has them. */
export function openParams({ signature, chained, given }: CallAt): SignatureParam[] {
  return signature.params.filter((p) => !(chained && p.tensor) && !p.named && !given.has(p.name));
}

/** The parameter that the argument at the cursor is for. */
export function paramAt(call: CallAt): SignatureParam | undefined {
  if (call.argument !== undefined) return call.signature.byName.get(call.argument);
  return call.signature.tensors === 'many' ? undefined : openParams(call)[call.positional];
}

/** The block before a table's brace and the names of its arguments. */
export function callBefore(site: Site, { index }: OpenBracket): { callee?: string; given: ReadonlySet<string> } {
  const { tokens } = site.prefix;
  let at = index - 1;
  let given: string[] = [];
  if (is(tokens[at], t.RParen)) {
    let depth = 0;
    do {
      if (isCloser(tokens[at] as IToken)) depth++;
      else if (isOpener(tokens[at] as IToken)) depth--;
      at--;
    } while (at > 0 && depth > 0);
    given = argumentsIn(tokens, at + 2).names;
  }
  const callee = tokens[at];
  return { ...(callee && is(callee, t.Name) && { callee: callee.image }), given: new Set(given) };
}
