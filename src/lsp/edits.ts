import { TextDocumentEdit, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver';
import type { EditorEdit } from '../ide/features/diagnostics.ts';
import { editsByPath } from '../ide/features/edits.ts';
import { requestFailed } from './errors.ts';
import { type DocumentView, openAt, rangeAt, rangeIn, uriOf } from './view.ts';

/** Edits of the document itself. */
export function textEdits(
  view: DocumentView,
  edits: readonly Pick<EditorEdit, 'start' | 'end' | 'newText'>[],
): TextEdit[] {
  return edits.map((edit) => ({ range: rangeIn(view, edit), newText: edit.newText }));
}

/**
 * Edits of any documents, for the client to make. With the versions of the texts they were made for, if the client
 * supports that, so that it refuses edits of a text that has changed in the meantime. Throws if one is of the library.
 */
export function workspaceEdit(view: DocumentView, edits: readonly EditorEdit[]): WorkspaceEdit {
  const { session } = view;
  const byPath = editsByPath(edits);
  for (const path of byPath.keys()) if (path.startsWith('std/')) throw requestFailed(`${path} is read-only`);
  const files = [...byPath].map(([path, own]) => {
    const open = openAt(view, path);
    return {
      uri: open?.uri ?? uriOf(session, path),
      version: open?.version ?? null,
      edits: own.map((edit) => ({ range: rangeAt(view, edit), newText: edit.newText })),
    };
  });
  if (session.client.versionedEdits) {
    return {
      documentChanges: files.map(({ uri, version, edits }) => TextDocumentEdit.create({ uri, version }, edits)),
    };
  }
  return { changes: Object.fromEntries(files.map(({ uri, edits }) => [uri, edits])) };
}

/** Edits of several folders' documents as one; all of the same form. */
export function joinEdits(edits: readonly WorkspaceEdit[]): WorkspaceEdit {
  if (edits.some(({ documentChanges }) => documentChanges)) {
    return { documentChanges: edits.flatMap(({ documentChanges }) => documentChanges ?? []) };
  }
  return { changes: Object.assign({}, ...edits.map(({ changes }) => changes)) };
}
