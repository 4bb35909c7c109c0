import type { TokenType } from 'chevrotain';
import * as t from '../../../../grammar/tokens.ts';
import type { BlockNode, ModelNode, ParamNode } from '../../../1-parse/ast.ts';
import { is } from '../../../1-parse/fix-slips/token-kinds.ts';
import { declaredType, isListType, oneTensor, type Type } from '../../../3-check/types.ts';
import { callAt, paramAt, settingsAt } from './call-at.ts';
import type { Site } from './site.ts';
import { tableAt } from './table-at.ts';
import type { Wanted } from './values.ts';

const k = t.keywordTokens;

/** What `convention` and `input` take in parentheses. */
export const settings: Readonly<Record<'convention' | 'input', Readonly<Record<string, Type>>>> = {
  convention: { padding: 'padding', epsilon: 'number', momentum: 'number', count_pad: 'bool' },
  input: { mean: { list: 'number' }, std: { list: 'number' } },
};

/** The value that the place of the cursor wants, as far as it is known. */
export function wantedAt(site: Site): Wanted {
  const { tokens } = site.prefix;
  const previous = tokens.at(-1)?.tokenType;
  const outer = outerWanted(site, site.prefix.open.length - 1);
  if (previous === t.EqualEqual || previous === t.BangEqual) return { type: 'unknown', inside: true };
  if (previous && arithmetic.has(previous)) return { ...outer, type: 'number', inside: true };
  if (previous === k.and || previous === k.or || previous === k.not) return { type: 'bool', inside: true };
  if (previous === k.if || previous === k.require) return { type: 'bool' };
  if (previous === k.in) return { type: { list: 'unknown' } };
  return outer;
}

const arithmetic = new Set<TokenType>([
  t.Plus,
  t.Minus,
  t.Star,
  t.Slash,
  t.Caret,
  t.Less,
  t.LessEqual,
  t.Greater,
  t.GreaterEqual,
]);

/** What the innermost bracket, or the statement, wants of its element. */
function outerWanted(site: Site, depth: number): Wanted {
  const { prefix } = site;
  const bracket = prefix.open[depth];
  const { tokens } = prefix;
  switch (bracket?.role) {
    case 'call':
      return depth === prefix.open.length - 1 ? argumentWanted(site) : { type: 'unknown' };
    case 'list': {
      const indexed = endsValue(tokens[bracket.index - 1]?.tokenType);
      if (indexed) return { type: 'number' };
      const outer = outerWanted(outerSite(site, depth), depth - 1);
      return { ...outer, type: isListType(outer.type) ? outer.type.list : outer.type };
    }
    case 'group':
    case 'inline':
      return outerWanted(outerSite(site, depth), depth - 1);
    case 'rows':
      return cellWanted(site);
    case 'params':
      return paramWanted(site, bracket.element);
    case 'scaling':
      return { type: 'number' };
    default:
      return statementWanted(site);
  }
}

/** The site as it is just before a bracket that is open. */
function outerSite(site: Site, depth: number): Site {
  const open = site.prefix.open.slice(0, depth);
  const end = site.prefix.open[depth]?.index ?? 0;
  const prefix = { ...site.prefix, tokens: site.prefix.tokens.slice(0, end), open };
  return { ...site, prefix, bracket: open.at(-1) };
}

function endsValue(type: TokenType | undefined): boolean {
  return type === t.Name || type === t.RBracket || type === t.RParen || type === t.Property;
}

function argumentWanted(site: Site): Wanted {
  const call = callAt(site);
  const { tokens, open } = site.prefix;
  const bracket = open.at(-1);
  if (call) {
    const param = paramAt(call);
    if (!param) return { type: call.signature.tensors === 'many' ? oneTensor : 'unknown' };
    return { type: param.tensor ? oneTensor : param.type, name: param.name };
  }
  const kind = settingsAt(site);
  if (kind && bracket) return { type: settings[kind][tokens[bracket.element]?.image ?? ''] ?? 'unknown' };
  // functions over numbers; what w, d and r are given is a number too
  const callee = bracket && tokens[bracket.index - 1];
  return { type: callee && /^[a-z]/.test(callee.image) && !isActivation(site, callee.image) ? 'number' : 'unknown' };
}

function isActivation(site: Site, name: string): boolean {
  const type = site.scope.names.get(name)?.type;
  return type === 'activation' || type === 'block';
}

function cellWanted(site: Site): Wanted {
  const table = tableAt(site);
  const column = table?.header[table.column];
  if (!table || column === undefined || table.kind === 'weights') return { type: 'unknown' };
  if (table.kind === 'variants') {
    const param = paramsOf(site.piece.node).find((p) => p.name.name === column);
    return { type: param ? declaredType(param) : 'number', name: column };
  }
  if (column === 'block') return { type: 'block' };
  if (column === 'repeat') return { type: 'number', name: column };
  const param = table.blocks.map((b) => b.byName.get(column)).find((p) => p && !p.tensor);
  return { type: param?.type ?? 'unknown', name: column };
}

/** The parameters of a block or a model. */
export function paramsOf(node: Site['piece']['node']): readonly ParamNode[] {
  if (node?.kind === 'block') return (node as BlockNode).params;
  return node?.kind === 'model' ? (node as ModelNode).members.filter((m) => m.kind === 'param') : [];
}

/** The default of the parameter that begins at a token. */
function paramWanted({ prefix: { tokens } }: Site, from: number): Wanted {
  if (!is(tokens[from + 1], t.Colon)) return { type: oneTensor };
  const name = tokens[from + 2]?.image ?? '';
  const list = is(tokens[from + 3], t.LBracket);
  const base: Type = name === 'int' || name === 'real' ? 'number' : isTypeName(name) ? name : 'unknown';
  return { type: list ? { list: base } : base, name: tokens[from]?.image ?? '' };
}

function isTypeName(name: string): name is 'bool' | 'activation' | 'block' | 'table' {
  return ['bool', 'activation', 'block', 'table'].includes(name);
}

function statementWanted(site: Site): Wanted {
  const { prefix } = site;
  const { tokens, statement } = prefix;
  const first = tokens[statement];
  if (is(first, k.param)) return paramWanted(site, statement + 1);
  if (is(first, k.input)) return { type: { list: 'number' }, name: 'resolution' };
  if (is(first, k.maximize)) return { type: 'number' };
  if (is(first, k.require)) return { type: 'bool' };
  if (is(first, k.return)) return { type: oneTensor };
  const condition = tokens.slice(statement).findLast(({ tokenType }) => tokenType === k.if || tokenType === t.Arrow);
  if (is(condition, k.if)) return { type: 'bool' };
  return { type: 'unknown' };
}
