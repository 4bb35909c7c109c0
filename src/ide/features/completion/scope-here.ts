import type { Declaration, Ident, Member, NameNode, ParamNode, Tail } from '../../../1-parse/ast.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { meaningsOf, namesSeenAt } from '../../../3-check/meanings/declaration-names.ts';
import { counterDocs, measureDocs, numberDocs, objectiveDocs, pointDocs, variantColumnDocs } from '../../docs/words.ts';
import { nodePath, type TreeNode } from '../../tree/node-path.ts';
import type { CursorPiece } from './piece.ts';
import { namesAbove, type ScopeAt, type Visible } from './scope-at.ts';

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
