import { builtinFunctions, interpolations, paddings, scalingFunctions } from '../../../2-resolve/builtins.ts';
import { isAssignable, isListType, isTensors, type Type } from '../../../3-check/types.ts';
import { describeBuiltin, describeParam, functionHeading } from '../../docs/describe.ts';
import { counterDocs } from '../../docs/words.ts';
import { activationValues, blockValues, calls } from './callables.ts';
import type { CompletionProposal } from './item.ts';
import type { Visible } from './scope-at.ts';
import type { CompletionSite } from './site.ts';

/** What a value is wanted for. */
export interface Wanted {
  readonly type: Type;
  /** The name of what takes it, a parameter or a column: filters come from `w`, repeats from `d`. */
  readonly name?: string;
  /** In an expression that has begun: what fits the whole need not fit the part. */
  readonly inside?: boolean;
}

/** Values for a place, those that fit it first. Numbers themselves are not offered. */
export function values(site: CompletionSite, wanted: Wanted): CompletionProposal[] {
  const { type } = wanted;
  const fits = (v: Visible) => fitness(v.type, type);
  const locals = [...site.scope.names.values()].reverse();
  const named = locals.map((v): CompletionProposal => localProposal(v, fits(v)));
  const called = functions(site, wanted);
  const all = [...words(site, wanted), ...called.filter(({ rank }) => rank === 0), ...named, ...called];
  return all.filter(
    ({ rank, label }) => rank < never && !(wanted.name === 'repeat' && Object.hasOwn(counterDocs, label)),
  );
}

/** The rank of what cannot be a part of the value. */
const never = 9;

/** 0 where a type is what is wanted, 2 where something of it may be. */
function fitness(found: Type, wanted: Type): number {
  if (wanted === 'unknown') return found === 'block' || found === 'table' ? 4 : 1;
  if (isListType(wanted)) return isListType(found) ? 0 : 3;
  if (isTensors(wanted))
    return isTensors(found) || isListType(found) ? 0 : found === 'unknown' || found === 'block' ? 5 : never;
  if (found === wanted) return 0;
  if (isNumeric(wanted) && isAssignable(found, wanted)) return 0;
  if (found === 'unknown') return 1;
  if (isNumeric(wanted) || wanted === 'bool')
    return isTensors(found) || isListType(found) || found === 'number' ? 2 : wanted === 'bool' ? 6 : never;
  return never;
}

/** Whether a number is possible for a value of the type. */
function isNumeric(type: Type): boolean {
  return type === 'number' || type === 'size' || type === 'padding';
}

function localProposal(v: Visible, rank: number): CompletionProposal {
  const { name, kind, local, doc = '' } = v;
  return {
    label: name,
    kind: kind === 'input' || kind === 'number' ? 'value' : kind,
    rank,
    detail: typeText(v),
    documentation: local?.param ? describeParam(local.param, '') : doc,
    // a dot requests the tensor's properties
    ...(isTensors(v.type) && { commitCharacters: ['.'] }),
  };
}

function typeText({ type, local, kind }: Visible): string {
  const param = local?.param;
  if (param?.type) return `${param.type.name}${param.type.list ? '[]' : ''}`;
  if (kind === 'section' || kind === 'input') return kind;
  if (typeof type === 'string') return type === 'unknown' ? '' : type;
  return isTensors(type) ? 'tensor' : 'list';
}

/** The words that a type has. */
function words(site: CompletionSite, { type }: Wanted): CompletionProposal[] {
  if (type === 'bool') return bools(0);
  if (type === 'activation') return activationValues(site, 0);
  if (type === 'padding' || type === 'interpolation') {
    return [...(type === 'padding' ? paddings : interpolations)].map((label) => ({
      label,
      kind: 'word',
      rank: 0,
      detail: type,
      documentation: describeBuiltin(label) ?? '',
    }));
  }
  if (type === 'block') return blockValues(site);
  if (isListType(type))
    return [
      {
        label: '[...]',
        kind: 'snippet',
        rank: 0,
        detail: 'a list',
        insertText: '[$1]$0',
        isSnippet: true,
        filterText: '[',
      },
    ];
  if (type !== 'unknown' && !isTensors(type)) return [];
  const form = { chained: false, label: true, called: isCalled(site) };
  const many = calls(site, form).map((p) => ({ ...p, rank: p.rank + 1 }));
  if (isTensors(type)) return many;
  return [...many, ...bools(5), ...activationValues(site, 6)];
}

function bools(rank: number): CompletionProposal[] {
  return ['true', 'false'].map((label) => ({ label, kind: 'word', rank, detail: 'bool' }));
}

/** Whether a parenthesis follows the word at the cursor. */
export function isCalled({ piece }: CompletionSite): boolean {
  return piece.text[piece.word.end] === '(';
}

const scaledBy: Readonly<Record<string, string>> = {
  channels: 'w',
  width: 'w',
  units: 'w',
  repeat: 'd',
  resolution: 'r',
};

function functions(site: CompletionSite, { type, name = '' }: Wanted): CompletionProposal[] {
  if (!isNumeric(type) && type !== 'bool' && type !== 'unknown' && !isListType(type)) return [];
  const called = isCalled(site);
  const call = (label: string, args: string, rank: number, detail: string): CompletionProposal => ({
    label,
    kind: 'function',
    rank,
    detail,
    documentation: describeBuiltin(label) ?? '',
    ...(!called && { insertText: `${label}(${args})$0`, isSnippet: true }),
  });
  const scaled = site.scope.inModel
    ? [...scalingFunctions.keys()].map((f) =>
        call(f, '$1', scaledBy[name] === f ? 0 : isNumeric(type) ? 1 : 4, `${f}(n)`),
      )
    : [];
  const rank = isNumeric(type) ? 3 : 5;
  const plain = [...builtinFunctions].map(([f, { doc }]) => call(f, '$1', rank, functionHeading(f, doc)));
  return [...scaled.sort((a, b) => a.rank - b.rank), ...plain];
}
