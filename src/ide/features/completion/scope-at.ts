import type { Declaration, Ident, Member, NameNode, ParamNode, SectionNode, Tail } from '../../../1-parse/ast.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { localsIn } from '../../../3-check/check.ts';
import { meaningsOf, namesSeenAt } from '../../../3-check/meanings/declaration-names.ts';
import type { LocalKind, LocalName } from '../../../3-check/meanings/occurrence.ts';
import type { Type } from '../../../3-check/types.ts';
import { authored } from '../../docs/authored.ts';
import { counterDocs, measureDocs, numberDocs, objectiveDocs, pointDocs, variantColumnDocs } from '../../docs/words.ts';
import { nodePath, type TreeNode } from '../../tree/node-path.ts';
import type { CursorPiece } from './piece.ts';

/** A name that can be seen at the cursor. */
export interface Visible {
  readonly name: string;
  readonly kind: LocalKind;
  readonly type: Type;
  /** What binds it; undefined if the language gives it. */
  readonly local?: LocalName;
  readonly doc?: string;
}

export interface ScopeAt {
  /** The nearest last: a name bound just above is the most likely. */
  readonly names: ReadonlyMap<string, Visible>;
  /** Where d, w and r can be called. */
  readonly inModel: boolean;
}

/** Sections and values that are offered: the nearest. A model of ten thousand sections has as many names. */
const mostValues = 300;

/** The names that the declaration at the cursor binds and that are seen there. */
export function namesAbove(module: Module, { node, cursor, shift }: CursorPiece): Map<string, Visible> {
  const visible = new Map<string, Visible>();
  if (node?.kind !== 'block' && node?.kind !== 'model') return visible;
  const { locals, repeated } = meaningsOf(node);
  const seen = [...locals.values()].filter((local) => !repeated.has(local.ident) && isSeen(local, cursor - shift));
  const values = seen.filter(isValue);
  const left = new Set(values.slice(0, -mostValues));
  const types = localsIn(module, node);
  for (const local of seen) {
    if (left.has(local)) continue;
    const { name } = local.ident;
    // the nearest is last
    visible.delete(name);
    visible.set(name, visibleName(local, types.get(local)?.type ?? 'unknown'));
  }
  return visible;
}

function isValue({ kind }: LocalName): boolean {
  return kind === 'section' || kind === 'value' || kind === 'input';
}

/** Whether a name is seen at an offset of its declaration's source. Numbers of `scaling` are a matter of the place. */
function isSeen({ kind, param, binder }: LocalName, at: number): boolean {
  if (kind === 'table') return true;
  if (param) return param.span.end < at;
  if (!binder || kind === 'number') return false;
  const { span } = binder;
  if (!('kind' in binder) || binder.kind !== 'comprehension') return span.end < at;
  return span.start <= at && at <= span.end && binder.sources.every((source) => at < source.span.start);
}

function visibleName(local: LocalName, type: Type): Visible {
  const { ident, kind, param, binder } = local;
  const section = sectionOf(local);
  const documented = param ?? section ?? (binder && 'kind' in binder && binder.kind === 'table' ? binder : undefined);
  return { name: ident.name, kind, type, local, ...(documented && { doc: authored(documented.doc) }) };
}

/** The section that binds a name. */
function sectionOf({ binder }: Pick<LocalName, 'binder'>): SectionNode | undefined {
  return binder && 'kind' in binder && binder.kind === 'section' ? binder : undefined;
}

/**
 * The names that can be seen at the cursor, by the checker's rules of visibility.
 * @param path the nodes around the cursor, in the tree of only its statement
 */
export function scopeAt(module: Module, piece: CursorPiece, path: readonly TreeNode[]): ScopeAt {
  const visible = namesAbove(module, piece);
  const declaration = path[0] as Declaration | undefined;
  const member = path[1] as Member | ParamNode | undefined;
  for (const { name } of boundBy(member)) visible.delete(name);
  if (member && beforeAll.has(member.kind)) for (const [name, v] of visible) if (!isFact(v)) visible.delete(name);
  if (declaration) for (const v of givenAt(declaration, path.at(-1) as NameNode)) visible.set(v.name, v);
  if (isInTable(piece)) for (const name of Object.keys(counterDocs)) visible.set(name, given(name, languageDocs));
  const inModel = (declaration ?? piece.node)?.kind === 'model' && member?.kind !== 'scaling';
  return { names: visible, inModel };
}

/** Members that apply before anything is built: they only see parameters and tables. */
const beforeAll = new Set(['param', 'convention', 'scaling', 'variants']);

function isFact({ kind }: Visible): boolean {
  return kind === 'parameter' || kind === 'table';
}

/** What a statement, a member or a parameter binds: it does not see itself. */
function boundBy(member: Member | ParamNode | undefined): readonly Ident[] {
  switch (member?.kind) {
    case 'assign':
      return member.targets;
    case 'param':
    case 'input':
    case 'section':
      return [member.name];
    default:
      return [];
  }
}

const languageDocs: Readonly<Record<string, string>> = {
  ...variantColumnDocs,
  ...objectiveDocs,
  ...counterDocs,
  ...pointDocs,
  ...measureDocs,
};

function given(name: string, docs: Readonly<Record<string, string>>): Visible {
  return { name, kind: 'number', type: name === 'variant' ? 'variant' : 'number', doc: docs[name] ?? '' };
}

/** The numbers that are predefined at a position: by the language, or as the arguments of scaling. */
function* givenAt(declaration: Declaration, word: NameNode): Generator<Visible> {
  const bound = new Map([...meaningsOf(declaration).locals.values()].map((local) => [local.ident.name, local]));
  for (const name of namesSeenAt(declaration, word)) {
    const local = bound.get(name);
    if (!local) yield given(name, languageDocs);
    else if (local.kind === 'number') {
      const isRounded = local.binder && !('kind' in local.binder);
      yield given(name, { [name]: isRounded ? numberDocs.rounded : numberDocs.variable });
    }
  }
}

/** Whether the cursor is in a table, or in the arguments before one. */
function isInTable({ node, cursor, shift }: CursorPiece): boolean {
  if (node?.kind !== 'block' && node?.kind !== 'model') return false;
  return nodePath(node, cursor - shift).some((part) => (part as { readonly tail?: Tail }).tail?.rows !== undefined);
}
