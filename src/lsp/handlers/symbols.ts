import {
  type DocumentSymbol,
  DocumentSymbolRequest,
  type SymbolInformation,
  SymbolKind,
  WorkspaceSymbolRequest,
} from 'vscode-languageserver';
import { documentSymbols, type DocumentSymbol as EnetSymbol } from '../../ide/features/symbols.ts';
import { searchSymbols } from '../../ide/features/workspace-symbols.ts';
import { answer, answerIn, inSlices } from '../guard.ts';
import type { Session } from '../session.ts';
import { type DocumentView, locationOf, rangeIn, uriOf, viewOf } from '../view.ts';

const kinds: Readonly<Record<EnetSymbol['kind'], SymbolKind>> = {
  import: SymbolKind.Module,
  block: SymbolKind.Function,
  model: SymbolKind.Class,
  weights: SymbolKind.Object,
  parameter: SymbolKind.Variable,
  input: SymbolKind.Interface,
  section: SymbolKind.Field,
  table: SymbolKind.Array,
  row: SymbolKind.Struct,
  variants: SymbolKind.Enum,
  variant: SymbolKind.EnumMember,
  scaling: SymbolKind.Namespace,
  factor: SymbolKind.Number,
  value: SymbolKind.Constant,
};

/** What documents declare: one document as a tree, the workspace by name. */
export function answerSymbols(session: Session): void {
  const { projects } = session;
  answerIn(session, DocumentSymbolRequest.type, (view): DocumentSymbol[] | SymbolInformation[] => {
    const symbols = documentSymbols(view.analysis);
    return session.client.symbolTrees ? symbols.map((s) => tree(view, s)) : symbols.flatMap((s) => flat(view, s));
  });
  answer(session, WorkspaceSymbolRequest.type, async ({ query }, token): Promise<SymbolInformation[]> => {
    const found = new Map<string, SymbolInformation>();
    for (const { ide } of [...projects.all()]) {
      const search = searchSymbols(ide, String(query ?? ''));
      // an editor asks with each letter, and cancels earlier requests
      await inSlices(token, search.next);
      for (const { name, kind, place, container } of search.found()) {
        const view = viewOf(session, uriOf(session, place.path));
        if (!view) continue;
        const location = locationOf(view, place);
        // the library is in every project, and shown once
        found.set(JSON.stringify([name, location]), { name, kind: kinds[kind], location, containerName: container });
      }
    }
    return [...found.values()];
  });
}

function tree(view: DocumentView, { name, detail, kind, place, selection, children }: EnetSymbol): DocumentSymbol {
  return {
    name,
    detail,
    kind: kinds[kind],
    range: rangeIn(view, place),
    selectionRange: rangeIn(view, selection),
    children: children.map((child) => tree(view, child)),
  };
}

function flat(
  view: DocumentView,
  { name, kind, place, children }: EnetSymbol,
  container?: string,
): SymbolInformation[] {
  const own = {
    name,
    kind: kinds[kind],
    location: locationOf(view, place),
    ...(container !== undefined && { containerName: container }),
  };
  return [own, ...children.flatMap((child) => flat(view, child, name))];
}
