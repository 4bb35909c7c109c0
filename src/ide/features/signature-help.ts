import type { IToken } from 'chevrotain';
import {
  Arrow,
  Colon,
  Comma,
  keywordTokens,
  LBrace,
  LBracket,
  LParen,
  Name,
  RBrace,
  RBracket,
  RParen,
} from '../../../grammar/tokens.ts';
import type { Declaration } from '../../1-parse/ast.ts';
import { builtinFunctions, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Signature, SignatureParam } from '../../3-check/signature.ts';
import { activationFacts } from '../../ops/activations.ts';
import type { Analysis } from '../core/analysis.ts';
import { authored } from '../docs/authored.ts';
import { functionHeading } from '../docs/describe.ts';
import { describeParamOf } from '../docs/describe-param.ts';
import { paramLabel } from '../docs/param-label.ts';
import { signatureOfTarget, targetOfWord } from '../names/signature-of-target.ts';
import { isTensorTarget, looksLikeTensor } from '../names/tensor-arguments.ts';
import { openParams } from '../tree/calls.ts';
import { documentTokens } from '../tree/document-tokens.ts';

/** The call that contains the cursor, and which of its parameters is being written. */
export interface SignatureHelp {
  /** `Conv(channels: int, kernel: int, stride?: int)` */
  readonly label: string;
  /** Markdown. */
  readonly documentation: string;
  readonly parameters: readonly SignatureHelpParam[];
  /** The index of the parameter at the cursor; undefined if none is left for it. */
  readonly active: number | undefined;
}

export interface SignatureHelpParam {
  /** Where its part of the label is. */
  readonly start: number;
  readonly end: number;
  /** Markdown. */
  readonly documentation: string;
}

/** What stands before the cursor: the tokens of an unclosed parenthesis with the name before it. */
interface OpenCall {
  readonly name: string;
  /** Where the name starts. */
  readonly start: number;
  /** What it is in its chain; undefined if nothing comes to it. */
  readonly place: 'step' | 'head' | undefined;
  /** The first token of the first argument. */
  readonly first?: IToken;
  /** The arguments so far, the last being written: the name of each that has one. */
  readonly args: readonly (string | undefined)[];
}

/**
 * The signature of the innermost call whose parentheses contain the cursor. Reads the text's tokens up to the cursor,
 * not the tree, so that it answers in calls that are not finished.
 */
export function signatureHelp(analysis: Analysis, offset: number): SignatureHelp | undefined {
  const at = analysis.declarationAt(offset);
  const call = openCallAt(documentTokens(at.source).tokens, at.offset);
  if (!call) return undefined;
  const declaration = at.node?.kind === 'import' ? undefined : at.node;
  const target = targetOfWord(analysis.module, declaration, call.name, call.start);
  const signature = signatureOfTarget(analysis.module, target);
  if (signature) return helpOfSignature(analysis, signature, call, isChained(analysis, declaration, signature, call));
  return helpOfFunction(call);
}

/** Whether tensors come to a call from a chain: to the head of a section only where no tensor is given. */
function isChained(
  { module }: Analysis,
  declaration: Declaration | undefined,
  signature: Signature,
  { place, first, args }: OpenCall,
): boolean {
  if (place !== 'head') return place === 'step';
  if (first === undefined) return true;
  const [name] = args;
  const param = name === undefined ? undefined : signature.byName.get(name);
  if (param) return !param.tensor;
  const target = targetOfWord(module, declaration, first.image.split('.')[0] ?? '', first.startOffset);
  return !isTensorTarget(
    target,
    first.image,
    (value) => declaration !== undefined && looksLikeTensor(module, declaration, value),
  );
}

function helpOfSignature(analysis: Analysis, signature: Signature, call: OpenCall, chained: boolean): SignatureHelp {
  const listed = chained ? signature.values : signature.params;
  const parameters = listed.map((param) => ({
    label: paramLabel(signature, param),
    documentation: describeParamOf(signature, param.name, analysis),
  }));
  const more = signature.tensors === 'many' ? ['x', 'y', '...'].slice(chained ? 1 : 0) : [];
  const names = [...more, ...parameters.map((p) => p.label)];
  const { activation } = signature;
  const ownDoc = signature.op?.doc ?? (activation && activationFacts[activation].doc);
  const doc = ownDoc ?? authored(signature.declared?.node.doc ?? '');
  const active = activeParam(signature, listed, call, chained);
  return {
    ...labelled(signature.name, names, [...more.map(() => ''), ...parameters.map((p) => p.documentation)]),
    documentation: doc,
    active: signature.tensors === 'many' ? Math.min(call.args.length, more.length) - 1 : active,
  };
}

/** The index of the parameter that the last argument is for: by its name, else the next that no argument names. */
function activeParam(
  signature: Signature,
  listed: readonly SignatureParam[],
  call: OpenCall,
  chained: boolean,
): number | undefined {
  const current = call.args.at(-1);
  const index = (name: string | undefined) => {
    const found = listed.findIndex((p) => p.name === name);
    return found < 0 ? undefined : found;
  };
  if (current !== undefined) return index(current);
  const named = new Set(call.args.flatMap((name) => name ?? []));
  const open = openParams(signature, { chained, table: false }).filter((p) => !named.has(p.name));
  return index(open[call.args.filter((name) => name === undefined).length - 1]?.name);
}

function helpOfFunction({ name, args }: OpenCall): SignatureHelp | undefined {
  const called = builtinFunctions.get(name);
  const doc = called?.doc ?? scalingFunctions.get(name);
  if (doc === undefined) return undefined;
  const heading = called ? functionHeading(name, doc) : `${name}(n)`;
  const names = heading.slice(heading.indexOf('(') + 1, -1).split(', ');
  const last = args.length - 1;
  const active = last < names.length ? last : names.at(-1) === '...' ? names.length - 1 : undefined;
  return {
    ...labelled(
      name,
      names,
      names.map(() => ''),
    ),
    documentation: doc,
    active,
  };
}

function labelled(
  name: string,
  names: readonly string[],
  docs: readonly string[],
): Pick<SignatureHelp, 'label' | 'parameters'> {
  let label = `${name}(`;
  const parameters = names.map((text, i) => {
    if (i > 0) label += ', ';
    const start = label.length;
    label += text;
    return { start, end: label.length, documentation: docs[i] ?? '' };
  });
  return { label: `${label})`, parameters };
}

const opening: ReadonlySet<unknown> = new Set([LParen, LBracket, LBrace]);
const closing: ReadonlySet<unknown> = new Set([RParen, RBracket, RBrace]);

/** The call whose `(` stands open at an offset. Braces end the search: they hold statements, rows or a choice. */
function openCallAt(tokens: readonly IToken[], offset: number): OpenCall | undefined {
  const args: (string | undefined)[] = [];
  let depth = 0;
  let name: string | undefined;
  for (let last = lastBefore(tokens, offset); last >= 0; last--) {
    const { tokenType, image } = tokens[last] as IToken;
    if (closing.has(tokenType)) depth++;
    else if (opening.has(tokenType)) {
      if (depth > 0) depth--;
      else if (tokenType === LBrace) return undefined;
      else if (tokenType === LParen) {
        const callee = tokens[last - 1];
        if (callee?.tokenType === Name) {
          // the parameters of a declaration are not arguments
          if (tokens[last - 2]?.tokenType === keywordTokens.block) return undefined;
          const [first] = tokens.slice(last + 1, last + 2);
          return {
            name: callee.image,
            start: callee.startOffset,
            place: placeOf(tokens, last - 1),
            ...(first && { first }),
            args: [name, ...args],
          };
        }
        // a parenthesis or list within an argument: what was read belongs to it, not to the call
        args.length = 0;
        name = undefined;
      } else {
        args.length = 0;
        name = undefined;
      }
    } else if (depth === 0 && tokenType === Comma) {
      args.unshift(name);
      name = undefined;
    } else if (depth === 0 && tokenType === Colon) {
      const before = tokens[last - 1];
      if (before) name = before.image;
    } else if (depth === 0 && image === '|') return undefined;
  }
  return undefined;
}

/** The index of the last token that ends at or before an offset, or that contains the offset. */
function lastBefore(tokens: readonly IToken[], offset: number): number {
  let low = -1;
  let high = tokens.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tokens[middle] as IToken).startOffset < offset) low = middle;
    else high = middle - 1;
  }
  const last = tokens[low];
  // right of a closing parenthesis one is outside of it; before it, still inside
  return last && closing.has(last.tokenType) && offset < last.startOffset + last.image.length ? low - 1 : low;
}

/** What a callee is in its chain: a step after an arrow, or the head of a section, with labels between. */
function placeOf(tokens: readonly IToken[], callee: number): 'step' | 'head' | undefined {
  let at = callee - 1;
  if (tokens[at]?.tokenType === Arrow) return 'step';
  if (tokens[at]?.tokenType !== Colon) return undefined;
  while (tokens[at]?.tokenType === Colon && tokens[at - 1]?.tokenType === Name) at -= 2;
  const before = tokens[at]?.tokenType;
  if (before === Arrow) return 'step';
  // `act: f(` in parentheses is an argument with a name
  return before === LParen || before === Comma ? undefined : 'head';
}
