import type { Diagnostic } from 'vscode-languageserver';
import type { OpenDocument } from '../documents.ts';
import type { Session } from '../session.ts';
import { type DocumentView, viewOf } from '../view.ts';
import { protocolDiagnostics } from './convert.ts';

/** How long, in milliseconds, a document's diagnostics wait for all of its networks to be built. */
const patience = 10;

/**
 * Creates background work that sends diagnostics to clients that do not request them, with the version of the text that
 * they are about: for every open document, since each may import the changed one. A document's are sent again only if they
 * differ or its text has changed. Problems found by building networks can take longer than a keystroke: new mistakes are
 * then reported first, and earlier reports stay until everything is known.
 */
export function createPublisher(session: Session): () => Generator<number> {
  const sent = new Map<string, { readonly version: number; readonly shown: ReadonlySet<string> }>();
  const publish = ({ uri, version }: OpenDocument, diagnostics: Diagnostic[]): void => {
    const shown = new Set(diagnostics.map((d) => JSON.stringify(d)));
    const before = sent.get(uri);
    if (before?.version === version && before.shown.size === shown.size && [...shown].every((d) => before.shown.has(d)))
      return;
    sent.set(uri, { version, shown });
    send(session, uri, version, diagnostics);
  };
  return function* () {
    for (const uri of sent.keys()) {
      if (session.documents.has(uri)) continue;
      sent.delete(uri);
      send(session, uri, undefined, []);
    }
    for (const document of session.documents.values()) {
      const view = viewOf(session, document.uri);
      if (view && buildsOn(view)) {
        const known = protocolDiagnostics(view, view.analysis.diagnosticsSoFar());
        const shown = sent.get(document.uri)?.shown;
        if (known.some((d) => !shown?.has(JSON.stringify(d)))) publish(document, known);
        do {
          yield 0;
          if (session.state !== 'running') return;
        } while (view.analysis.buildNext());
      }
      publish(document, view ? protocolDiagnostics(view, view.analysis.diagnostics) : []);
    }
  };
}

/** Builds networks while there is time. @returns whether any is left */
function buildsOn({ analysis }: DocumentView): boolean {
  const until = performance.now() + patience;
  let more = analysis.buildNext();
  while (more && performance.now() < until) more = analysis.buildNext();
  return more;
}

function send(session: Session, uri: string, version: number | undefined, diagnostics: Diagnostic[]): void {
  const published = { uri, ...(version !== undefined && { version }), diagnostics };
  // a client that is gone is noticed at the end of its stream
  session.connection.sendDiagnostics(published).catch(() => {});
}
