import { tokenize } from '../../../../grammar/lexer.ts';
import * as t from '../../../../grammar/tokens.ts';
import type { Arg, ConventionNode } from '../../../1-parse/ast.ts';
import { is, isCloser, isOpener } from '../../../1-parse/fix-slips/token-kinds.ts';
import { tensorProperties } from '../../../3-check/check-name.ts';
import { inputSettings, sourceSettings } from '../../../3-check/check-settings.ts';
import { conventionSettings } from '../../../3-check/convention-settings.ts';
import type { Signature, SignatureParam } from '../../../3-check/signature.ts';
import { actsAsTensor, type Type } from '../../../3-check/types.ts';
import { signatureOfTarget } from '../../names/signature-of-target.ts';
import { callOfArgument, isFedByChain, openParams } from '../../tree/calls.ts';
import type { TreeNode } from '../../tree/node-path.ts';
import { wordEnd } from '../../tree/word-at.ts';
import type { CompletionSite } from './site.ts';

/** A call with the cursor in one of its arguments. */
export interface CallAt {
  readonly signature: Signature;
  /** Whether the chain brings its tensors. */
  readonly chained: boolean;
  /** The parameters that no other argument fills, before the cursor or after it. */
  readonly left: readonly SignatureParam[];
  /** The one that the argument at the cursor fills. */
  readonly param: SignatureParam | undefined;
  /** The name that the argument at the cursor has already. */
  readonly argument: string | undefined;
}

/** The part of a site that determines the call. */
type CallSurroundings = Pick<CompletionSite, 'module' | 'scope' | 'piece'>;

/** The meaning of a callee's name for completion: a block parameter counts as its default. */
export function signatureAt({ module, scope }: CallSurroundings, name: string): Signature | undefined {
  const visible = scope.names.get(name);
  if (!visible) return signatureOfTarget(module, { kind: 'free', name });
  return visible.type === 'block' && visible.local
    ? signatureOfTarget(module, { kind: 'local', local: visible.local })
    : undefined;
}

/** What is in parentheses after a convention or an input. */
type Settings = ReadonlyMap<string, Type>;

const settings: Readonly<Record<string, Settings>> = {
  convention: conventionSettings,
  input: inputSettings,
  'source-convention': sourceSettings,
};

/** The settings that the argument at the end of a path belongs to: `convention tf(`, `input image: [3, 8, 8] (`. */
export function settingsOf(path: readonly TreeNode[]): Settings | undefined {
  const [owner, arg] = path.slice(-2) as [Partial<ConventionNode>?, Arg?];
  return arg && owner?.args?.includes(arg) ? settings[owner.kind ?? ''] : undefined;
}

/** The call whose argument is at the end of a path of nodes around the cursor. */
export function callOf(site: CallSurroundings, path: readonly TreeNode[]): CallAt | undefined {
  const arg = path.at(-1);
  const call = callOfArgument(path);
  const signature = call?.arg === arg ? signatureAt(site, call?.site.callee.text ?? '') : undefined;
  if (!call || !signature) return undefined;
  const others = call.site.args.filter((other) => other !== arg);
  const chained = isFedByChain(signature, { ...call.site, args: others }, (other) => givesTensor(site, other));
  const { text, cursor } = site.piece;
  const given = new Set([
    ...others.flatMap(({ name }) => name?.name ?? []),
    ...namesAfter(text.slice(wordEnd(text, cursor), cursor + 600)),
  ]);
  const byPlace = openParams(signature, { chained, table: false }).filter((p) => !given.has(p.name));
  const positional = others.filter(({ name }) => !name).length;
  const filled = new Set(byPlace.slice(0, positional));
  const listed = chained ? signature.values : signature.params;
  const argument = call.arg.name?.name;
  const next = signature.tensors === 'many' ? undefined : byPlace[positional];
  return {
    signature,
    chained,
    left: listed.filter((p) => !given.has(p.name) && !filled.has(p)),
    param: argument === undefined ? next : signature.byName.get(argument),
    argument,
  };
}

function givesTensor({ scope }: CallSurroundings, { value }: Arg): boolean {
  if (value.kind !== 'name') return value.kind === 'chain';
  const type = scope.names.get(value.parts[0] ?? '')?.type ?? 'unknown';
  return type !== 'unknown' && actsAsTensor(type) && !tensorProperties.includes(value.parts.at(-1) ?? '');
}

/** The names of the arguments in a text, up to the closing parenthesis. */
function namesAfter(text: string): string[] {
  const names: string[] = [];
  const { tokens } = tokenize(text);
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    if (isOpener(token)) depth++;
    else if (isCloser(token) && --depth < 0) break;
    if (depth === 0 && is(token, t.Colon) && (i === 1 || is(tokens[i - 2], t.Comma)))
      names.push(tokens[i - 1]?.image ?? '');
  }
  return names;
}
