import type { Session } from '../session.ts';
import { viewOf } from '../view.ts';
import { protocolDiagnostics } from './convert.ts';

/** Keys typed within so many milliseconds are answered together. */
const delay = 8;

/**
 * Makes what sends diagnostics to clients that do not ask for them: soon after a change, for the documents that it
 * concerns, with the version of the text that they are about. A document's diagnostics are sent again only where they
 * differ or its text has changed.
 * @returns what is to be called after each change.
 */
export function createPublisher(session: Session): () => void {
  const sent = new Map<string, { readonly version: number | undefined; readonly said: string }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const publish = (): void => {
    timer = undefined;
    if (session.state !== 'running') return;
    for (const uri of sent.keys()) {
      if (session.documents.has(uri)) continue;
      sent.delete(uri);
      send(session, uri, undefined, []);
    }
    for (const { uri, version } of session.documents.values()) {
      const view = viewOf(session, uri);
      const diagnostics = view ? protocolDiagnostics(view) : [];
      const said = JSON.stringify(diagnostics);
      const before = sent.get(uri);
      if (before?.version === version && before.said === said) continue;
      sent.set(uri, { version, said });
      send(session, uri, version, diagnostics);
    }
  };
  return () => {
    if (session.client.pullsDiagnostics) return;
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      try {
        publish();
      } catch (e) {
        session.connection.console.error(`an error in enetc, please report it:\n${e instanceof Error ? e.stack : e}`);
      }
    }, delay);
  };
}

function send(
  session: Session,
  uri: string,
  version: number | undefined,
  diagnostics: ReturnType<typeof protocolDiagnostics>,
): void {
  const said = { uri, ...(version !== undefined && { version }), diagnostics };
  // a client that is gone is noticed at the end of its stream
  session.connection.sendDiagnostics(said).catch(() => {});
}
