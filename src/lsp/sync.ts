import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
} from 'vscode-languageserver';
import { changeDocument, type OpenDocument, openDocument } from './documents.ts';
import { heeding } from './guard.ts';
import { libraryPath } from './library-files.ts';
import { documentAt, type Session } from './session.ts';

/** Keeps the documents as the client has them: open, change, close, save. */
export function syncDocuments(session: Session): void {
  const { connection, documents } = session;
  connection.onDidOpenTextDocument(heeding(session, (params: DidOpenTextDocumentParams) => open(session, params)));
  connection.onDidChangeTextDocument(
    heeding(session, (params: DidChangeTextDocumentParams) => change(session, params)),
  );
  connection.onDidCloseTextDocument(
    heeding(session, ({ textDocument }: DidCloseTextDocumentParams) => {
      const document = documents.get(textDocument?.uri);
      if (!document) return void complain(session, 'a document was closed that is not open', textDocument?.uri);
      documents.delete(document.uri);
      if (!document.library) closeIn(session, document);
      session.documentsChanged();
    }),
  );
  connection.onDidSaveTextDocument(
    heeding(session, ({ textDocument }) => {
      // open documents win over files, but a file that has come is one of the workspace from now on
      if (documents.has(textDocument?.uri) && lookAgain(session)) filesMayDiffer(session);
    }),
  );
}

/** Gives open documents to the projects they belong to, after the workspace's folders have changed. */
export function reopenDocuments(session: Session): void {
  for (const document of session.documents.values()) giveToProject(session, document);
}

function open(session: Session, { textDocument }: DidOpenTextDocumentParams): void {
  const { uri, text } = textDocument ?? {};
  if (typeof uri !== 'string' || typeof text !== 'string')
    return void complain(session, 'a document was opened without a uri or text', uri);
  if (session.documents.has(uri)) complain(session, 'a document was opened that is open; the new text holds', uri);
  const document = openDocument(textDocument, {
    realPath: session.platform.realPath,
    libraryPath: (file) => libraryPath(session, file),
  });
  session.documents.set(uri, document);
  giveToProject(session, document);
  if (lookAgain(session)) filesMayDiffer(session);
  else session.documentsChanged();
}

/**
 * Checks whether files have changed where the client does not report it: everywhere if it does not watch files, else
 * outside of the workspace's folders. @returns whether there was anything to check
 */
function lookAgain({ client, projects }: Session): boolean {
  const unwatched = projects.all().filter(({ isWorkspaceFolder }) => !client.watchesFiles || !isWorkspaceFolder);
  for (const { ide } of unwatched) ide.lookAgain();
  return unwatched.length > 0;
}

/** Recomputes everything after a change outside of the open documents, and makes the client repeat its own requests. */
export function filesMayDiffer(session: Session): void {
  session.documentsChanged();
  if (session.client.refreshes.diagnostics) session.connection.languages.diagnostics.refresh().catch(() => {});
}

function giveToProject({ projects }: Session, { path, library, lines }: OpenDocument): void {
  if (!library) projects.find(path, true)?.ide.open(path, lines.text);
}

/** Closes a document in its project; if the file is open under another name, that text counts from now on. */
function closeIn(session: Session, { path }: OpenDocument): void {
  const other = documentAt(session, path);
  if (other) giveToProject(session, other);
  else session.projects.close(path);
}

function change(session: Session, params: DidChangeTextDocumentParams): void {
  const before = session.documents.get(params.textDocument?.uri);
  if (!before) return void complain(session, 'a document was changed that is not open', params.textDocument?.uri);
  const { document, problems } = changeDocument(before, params, session.client.encoding);
  for (const problem of problems) complain(session, problem, before.uri);
  if (document.library && document.lines.text !== before.lines.text) {
    return void complain(session, 'a file of the library is read-only; the change is left out', before.uri);
  }
  session.documents.set(before.uri, document);
  if (!document.library) session.projects.find(document.path, true)?.ide.change(document.path, document.lines.text);
  session.documentsChanged();
}

function complain({ connection }: Session, what: string, uri: unknown): void {
  connection.console.warn(`${what}${typeof uri === 'string' ? `: ${uri.slice(0, 200)}` : ''}`);
}
