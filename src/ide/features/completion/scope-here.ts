import type { IToken } from 'chevrotain';
import * as t from '../../../../grammar/tokens.ts';
import type { SectionNode } from '../../../1-parse/ast.ts';
import { is } from '../../../1-parse/fix-slips/token-kinds.ts';
import { walkNodes } from '../../../1-parse/walk.ts';
import { objectiveNames } from '../../../2-resolve/builtins.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { counterDocs, numberDocs, objectiveDocs, variantColumnDocs } from '../../docs/words.ts';
import type { Piece } from './piece.ts';
import type { Prefix } from './prefix.ts';
import { namesAbove, type ScopeAt, type Visible } from './scope-at.ts';

const k = t.keywordTokens;

/** The names that can be seen at the cursor, by the checker's rules of visibility. */
export function scopeAt(module: Module, piece: Piece, prefix: Prefix): ScopeAt {
  const visible = namesAbove(module, piece);
  for (const name of boundHere(prefix)) visible.delete(name);
  const inModel = piece.node?.kind === 'model' || is(prefix.tokens[prefix.open[0]?.index ?? 0], k.model);
  const first = prefix.tokens[prefix.statement];
  const within = prefix.open.find(({ role }) => role === 'scaling' || role === 'rows');
  const head = within?.role === 'scaling' ? k.scaling : first?.tokenType;
  if (within?.role === 'scaling') return { names: scalingNames(visible, prefix, within.index), inModel: false };
  if (head && beforeAll.has(head)) for (const [name, v] of visible) if (!isFact(v)) visible.delete(name);
  if (is(first, k.maximize)) for (const name of objectiveNames) visible.set(name, number(name, objectiveDocs));
  if (!is(first, k.variants) && !is(first, k.weights)) addCounters(visible, piece, within !== undefined);
  return { names: visible, inModel };
}

/** Members that hold before anything is built: they see parameters and tables alone. */
const beforeAll = new Set([k.param, k.convention, k.scaling, k.variants]);

function isFact({ kind }: Visible): boolean {
  return kind === 'parameter' || kind === 'table';
}

function number(name: string, docs: Readonly<Record<string, string>>): Visible {
  return { name, kind: 'number', type: 'number', doc: Object.hasOwn(docs, name) ? (docs[name] ?? '') : '' };
}

/** What the statement or the parameter at the cursor binds: it does not see itself. */
function boundHere({ tokens, statement, open }: Prefix): string[] {
  const params = open.findLast(({ role }) => role === 'params');
  if (params) return [tokens[params.element]?.image ?? ''];
  const first = tokens[statement];
  if (is(first, k.param) || is(first, k.input)) return [tokens[statement + 1]?.image ?? ''];
  if (!is(first, t.Name)) return [];
  const end = tokens.findIndex((token, i) => i > statement && !is(token, t.Name) && !is(token, t.Comma));
  return tokens.slice(statement, end < 0 ? undefined : end).map(({ image }) => image);
}

/** Factors see phi and the model's parameters; roundings their number, and the factors. */
function scalingNames(
  visible: ReadonlyMap<string, Visible>,
  prefix: Prefix,
  brace: number,
): ReadonlyMap<string, Visible> {
  const { tokens, statement } = prefix;
  const facts = [...visible].filter(([, v]) => v.kind === 'parameter');
  const variable = tokens[brace - 1];
  const isRounding = is(tokens[statement + 1], t.LParen);
  const named = isRounding
    ? (tokens[statement + 2]?.image ?? 'n')
    : is(variable, t.Name)
      ? imageOf(variable)
      : undefined;
  const doc = isRounding ? numberDocs.rounded : numberDocs.variable;
  const own: Visible[] = named === undefined ? [] : [number(named, { [named]: doc })];
  const factors = isRounding ? ['d', 'w', 'r'].map((name) => number(name, variantColumnDocs)) : [];
  return new Map([...facts, ...[...own, ...factors].map((v): [string, Visible] => [v.name, v])]);
}

function imageOf(token: IToken | undefined): string {
  return token?.image ?? '';
}

/** The counters of the table that is around the cursor. */
function addCounters(visible: Map<string, Visible>, { node, cursor, shift }: Piece, inRows: boolean): void {
  const at = cursor - shift;
  let counted = inRows;
  const parts = node?.kind === 'block' ? node.body : node?.kind === 'model' ? node.members : [];
  walkNodes(
    parts.find(({ span }) => span.start <= at && at <= span.end),
    (part) => {
      const { span, tail } = part as Partial<Pick<SectionNode, 'span' | 'tail'>>;
      if (span && (at < span.start || span.end < at)) return false;
      if (tail?.rows) counted = true;
      return true;
    },
  );
  if (counted) for (const name of Object.keys(counterDocs)) visible.set(name, number(name, counterDocs));
}
