import type { SectionNode } from '../../../1-parse/ast.ts';
import type { Module } from '../../../2-resolve/program.ts';
import { localsIn } from '../../../3-check/check.ts';
import { meaningsOf } from '../../../3-check/meanings/declaration-names.ts';
import type { LocalKind, LocalName } from '../../../3-check/meanings/occurrence.ts';
import type { Type } from '../../../3-check/types.ts';
import { authored } from '../../docs/authored.ts';
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
