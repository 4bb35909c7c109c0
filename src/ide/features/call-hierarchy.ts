import type { BlockNode, ModelNode } from '../../1-parse/ast.ts';
import { namesOf } from '../../3-check/meanings/declaration-names.ts';
import { resolveTarget } from '../../3-check/meanings/resolve-target.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import type { Ide } from '../core/ide.ts';
import { dependentFiles, nameAt } from '../names/occurrences.ts';

/** A block or a model in a hierarchy of calls. */
export interface HierarchyItem {
  readonly name: string;
  readonly kind: 'block' | 'model';
  readonly place: Place;
  readonly selection: Place;
}

/** A caller or callee, and where the calls are. */
export interface HierarchyCall {
  readonly item: HierarchyItem;
  /** In the document of the caller. */
  readonly places: readonly Place[];
}

/** The blocks and models that are named at an offset; otherwise the one that contains the offset. */
export function prepareCallHierarchy(analysis: Analysis, offset: number): readonly HierarchyItem[] {
  const entities = nameAt(analysis, offset)?.entities ?? [];
  const found = entities.flatMap(({ declared }) => (declared ? [itemOf(analysis, declared.node)] : []));
  if (found.length > 0) return found;
  const { node } = analysis.declarationAt(offset);
  return node?.kind === 'block' || node?.kind === 'model' ? [itemOf(analysis, node as BlockNode | ModelNode)] : [];
}

/** The blocks and models that name one, as a step or as a value, in all files of the workspace and in its own. */
export function incomingCalls(ide: Ide, item: HierarchyItem): readonly HierarchyCall[] {
  const files = new Set([item.place.path, ...dependentFiles(ide, item.place.path)]);
  return [...files].flatMap((path) => {
    const analysis = ide.analysis(path);
    if (!analysis) return [];
    return analysis.module.ast.declarations.flatMap((node): HierarchyCall[] => {
      if (node.kind === 'weights') return [];
      const places = calls(analysis, node).flatMap(({ callee, place }) => (isSame(callee, item) ? [place] : []));
      return places.length > 0 ? [{ item: itemOf(analysis, node), places }] : [];
    });
  });
}

/** The blocks and models that one names. Ops of the language are none. */
export function outgoingCalls(ide: Ide, item: HierarchyItem): readonly HierarchyCall[] {
  const analysis = ide.analysis(item.place.path);
  const node = analysis?.module.ast.declarations.find(
    (d) => d.kind !== 'weights' && isSame(itemOf(analysis, d), item),
  ) as BlockNode | ModelNode | undefined;
  if (!analysis || !node) return [];
  const found = new Map<string, { item: HierarchyItem; places: Place[] }>();
  for (const { callee, place } of calls(analysis, node)) {
    const key = `${callee.selection.path}:${callee.selection.start}`;
    const call = found.get(key) ?? { item: callee, places: [] };
    call.places.push(place);
    found.set(key, call);
  }
  return [...found.values()];
}

/** The names of blocks and models in a declaration, its own aside. */
function calls(analysis: Analysis, node: BlockNode | ModelNode): { callee: HierarchyItem; place: Place }[] {
  return namesOf(node).flatMap(({ span, target }) => {
    if (target.kind !== 'free') return [];
    return resolveTarget(analysis.module, target).flatMap(({ declared }) =>
      declared ? [{ callee: itemOf(analysis, declared.node), place: analysis.locate(span) }] : [],
    );
  });
}

function itemOf(analysis: Analysis, node: BlockNode | ModelNode): HierarchyItem {
  const { name, kind, span } = node;
  return { name: name.name, kind, place: analysis.locate(span), selection: analysis.locate(name.span) };
}

/** By file and name: while a hierarchy is open its text may be edited. */
function isSame(a: HierarchyItem, b: HierarchyItem): boolean {
  return a.place.path === b.place.path && a.name === b.name;
}
