import type { IToken } from 'chevrotain';
import type { Arg, Expr, NameNode } from '../../1-parse/ast.ts';
import { endsOperand, isCloser } from '../../1-parse/fix-slips/token-kinds.ts';
import { builtinFunctions, scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Signature, SignatureParam } from '../../3-check/signature.ts';
import { activationFacts } from '../../ops/activations.ts';
import type { Analysis } from '../core/analysis.ts';
import { authored } from '../docs/authored.ts';
import { functionHeading } from '../docs/describe.ts';
import { describeParamOf, paramLabel } from '../docs/describe-param.ts';
import { signatureOfTarget, targetOfWord } from '../names/signature-of-target.ts';
import { isTensorTarget, looksLikeTensor } from '../names/tensor-arguments.ts';
import { type CallSite, callOfArgument, isFedByChain, openParams } from '../tree/calls.ts';
import { type Piece, pieceAt, tokensBefore } from './completion/piece.ts';
import { readPrefix } from './completion/prefix.ts';
import { nodesAround } from './completion/tree-here.ts';

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

type Call = NonNullable<ReturnType<typeof callOfArgument>>;

/** The signature of the innermost call whose parentheses contain the cursor, also of one that is not finished. */
export function signatureHelp(analysis: Analysis, offset: number): SignatureHelp | undefined {
  const piece = pieceAt(analysis, offset);
  const call = callOfArgument(
    nodesAround(piece.text, readPrefix(piece.text, tokensBeforeValue(piece), piece.word.start)),
  );
  if (!call) return undefined;
  const declaration = piece.node?.kind === 'import' ? undefined : piece.node;
  const targetOf = ({ parts, span }: NameNode) =>
    targetOfWord(analysis.module, declaration, parts[0] ?? '', span.start - piece.shift);
  const signature = signatureOfTarget(analysis.module, targetOf(call.site.callee));
  if (!signature) return helpOfFunction(call.site);
  const isTensor = ({ value }: Arg) => {
    if (value.kind !== 'name') return value.kind === 'chain';
    const isHeld = (held: Expr) => declaration !== undefined && looksLikeTensor(analysis.module, declaration, held);
    return isTensorTarget(targetOf(value), value.text, isHeld);
  };
  const others = call.site.args.filter((arg) => arg !== call.arg);
  const chained = isFedByChain(signature, { ...call.site, args: others }, isTensor);
  return helpOfSignature(analysis, signature, call, chained);
}

/** The tokens before the cursor; without a number or a string that it touches, in whose place a value is written. */
function tokensBeforeValue(piece: Piece): IToken[] {
  const { tokens } = tokensBefore(piece);
  const last = tokens.at(-1);
  const touches = last !== undefined && last.endOffset! + 1 >= piece.cursor;
  return touches && endsOperand(last) && !isCloser(last) ? tokens.slice(0, -1) : tokens;
}

function helpOfSignature(analysis: Analysis, signature: Signature, call: Call, chained: boolean): SignatureHelp {
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
  const active = activeParam(signature, listed, call, chained);
  return {
    ...labelled(signature.name, names, [...more.map(() => ''), ...parameters.map((p) => p.documentation)]),
    documentation: doc,
    active: signature.tensors === 'many' ? Math.min(call.site.args.length, more.length) - 1 : active,
  };
}

/** The index of the parameter that the last argument is for: by its name, else the next that no argument names. */
function activeParam(
  signature: Signature,
  listed: readonly SignatureParam[],
  { site: { args }, arg }: Call,
  chained: boolean,
): number | undefined {
  const named = new Set(args.flatMap(({ name }) => name?.name ?? []));
  const open = openParams(signature, { chained, table: false }).filter((p) => !named.has(p.name));
  const name = arg.name ? arg.name.name : open[args.filter((a) => !a.name).length - 1]?.name;
  const found = listed.findIndex((p) => p.name === name);
  return found < 0 ? undefined : found;
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
