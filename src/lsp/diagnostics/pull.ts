import {
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  WorkspaceDiagnosticRequest,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import { answer, inSlices, pause } from '../guard.ts';
import type { Session } from '../session.ts';
import { type DocumentView, uriOf, viewOf } from '../view.ts';
import { protocolDiagnostics } from './convert.ts';

/** How long, in milliseconds, texts may replace each other before one is answered for at once. */
const patience = 250;

/** Answers clients that ask for diagnostics: of a document, and of the whole workspace. */
export function answerDiagnostics(session: Session): void {
  const idOf = createResultIds();
  const { projects } = session;
  answer(
    session,
    DocumentDiagnosticRequest.type,
    async ({ textDocument, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
      // for the text at the time when everything is known: continued typing must not wait for networks of an earlier
      // text
      const until = performance.now() + patience;
      const buildNext = () => viewOf(session, textDocument?.uri)?.analysis.buildNext() === true;
      await inSlices(token, () => performance.now() < until && buildNext());
      const view = viewOf(session, textDocument?.uri);
      return view ? reportOf(view, idOf, previousResultId) : { kind: 'full', items: [] };
    },
  );
  answer(session, WorkspaceDiagnosticRequest.type, async ({ previousResultIds }, token) => {
    const previous = new Map((previousResultIds ?? []).map(({ uri, value }) => [uri, value]));
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    for (const { ide, isWorkspaceFolder } of [...projects.all()]) {
      for (const path of isWorkspaceFolder ? ide.allFiles() : ide.openDocuments()) {
        await pause(token);
        const uri = uriOf(session, path);
        const view = viewOf(session, uri);
        if (view) items.push({ ...reportOf(view, idOf, previous.get(uri)), uri, version: view.version ?? null });
      }
    }
    return { items };
  });
}

type IdOf = (uri: string, diagnostics: readonly Diagnostic[]) => string;

/** The same diagnostics of a document get the same id, so that they need not be sent twice. */
function createResultIds(): IdOf {
  const known = new Map<string, { readonly text: string; readonly id: string }>();
  let next = 0;
  return (uri, diagnostics) => {
    const text = JSON.stringify(diagnostics);
    const before = known.get(uri);
    if (before?.text === text) return before.id;
    const id = String(++next);
    known.set(uri, { text, id });
    return id;
  };
}

function reportOf(view: DocumentView, idOf: IdOf, previous: string | undefined) {
  const items = protocolDiagnostics(view);
  const resultId = idOf(view.uri, items);
  return resultId === previous ? { kind: 'unchanged' as const, resultId } : { kind: 'full' as const, resultId, items };
}
