import type { IToken } from 'chevrotain';
import { endsOperand, isCloser } from '../../1-parse/fix-slips/token-kinds.ts';
import { builtinFunctions, scalingFunctions } from '../../2-resolve/builtins.ts';
import { activationFacts } from '../../ops/activations.ts';
import type { Analysis } from '../core/analysis.ts';
import { authored } from '../docs/authored.ts';
import { describeParamOf, functionHeading, paramLabel } from '../docs/describe.ts';
import { type CallSite, callOfArgument } from '../tree/calls.ts';
import { type CallAt, callOf } from './completion/call-at.ts';
import { nodesAround } from './completion/grammar-here.ts';
import { type CursorPiece, pieceAt, tokensBefore } from './completion/piece.ts';
import { readPrefix } from './completion/prefix.ts';
import { scopeAt } from './completion/scope-at.ts';

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

/** The signature of the innermost call whose parentheses contain the cursor, also of one that is not finished. */
export function signatureHelp(analysis: Analysis, offset: number): SignatureHelp | undefined {
  const piece = pieceAt(analysis, offset);
  const path = nodesAround(piece.text, readPrefix(piece.text, tokensBeforeValue(piece), piece.word.start));
  const open = callOfArgument(path);
  if (!open) return undefined;
  const { module } = analysis;
  const site = { module, piece, scope: scopeAt(module, piece, path) };
  const call = callOf(site, path.slice(0, path.lastIndexOf(open.arg) + 1));
  return call ? helpOfCall(analysis, call, open.site.args.length) : helpOfFunction(open.site);
}

/** The tokens before the cursor; without a number or a string that it touches, in whose place a value is written. */
function tokensBeforeValue(piece: CursorPiece): IToken[] {
  const { tokens } = tokensBefore(piece);
  const last = tokens.at(-1);
  const touches = last !== undefined && last.endOffset! + 1 >= piece.cursor;
  return touches && endsOperand(last) && !isCloser(last) ? tokens.slice(0, -1) : tokens;
}

/** @param count how many arguments there are up to the cursor */
function helpOfCall(analysis: Analysis, { signature, chained, param }: CallAt, count: number): SignatureHelp {
  const listed = chained ? signature.values : signature.params;
  const parameters = listed.map((param) => ({
    label: paramLabel(signature, param),
    documentation: describeParamOf(signature, param.name, analysis),
  }));
  const more = signature.tensors === 'many' ? ['x', 'y', '...'].slice(chained ? 1 : 0, signature.op?.most) : [];
  const names = [...more, ...parameters.map((p) => p.label)];
  const { activation } = signature;
  const ownDoc = signature.op?.doc ?? (activation && activationFacts[activation].doc);
  const doc = ownDoc ?? authored(signature.declared?.node.doc ?? '');
  const place = param ? listed.indexOf(param) : -1;
  const active = signature.tensors === 'many' ? Math.min(count, more.length) - 1 : place;
  return {
    ...labelled(signature.name, names, [...more.map(() => ''), ...parameters.map((p) => p.documentation)]),
    documentation: doc,
    active: active < 0 ? undefined : active,
  };
}

function helpOfFunction({ callee: { text }, args }: CallSite): SignatureHelp | undefined {
  const called = builtinFunctions.get(text);
  const doc = called?.doc ?? scalingFunctions.get(text);
  if (doc === undefined) return undefined;
  const heading = called ? functionHeading(text, doc) : `${text}(n)`;
  const names = heading.slice(heading.indexOf('(') + 1, -1).split(', ');
  const last = args.length - 1;
  const active = last < names.length ? last : names.at(-1) === '...' ? names.length - 1 : undefined;
  return {
    ...labelled(
      text,
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
