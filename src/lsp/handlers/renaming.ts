import { PrepareRenameRequest, RenameRequest, WillRenameFilesRequest } from 'vscode-languageserver';
import { editsForMoves } from '../../ide/features/file-rename.ts';
import { prepareRename, renameAt } from '../../ide/features/rename.ts';
import { joinEdits, workspaceEdit } from '../edits.ts';
import { invalidParams, requestFailed } from '../errors.ts';
import { answer, answerIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { offsetIn, pathOf, rangeIn, uriOf, viewOf } from '../view.ts';

/** Names that change in all files at once, and imports that follow files that move. */
export function answerRenaming(session: Session): void {
  const { projects } = session;
  answerIn(session, PrepareRenameRequest.type, (view, { position }) => {
    const found = prepareRename(view.ide, view.analysis, offsetIn(view, position));
    if ('refusal' in found) throw requestFailed(found.refusal);
    return { range: rangeIn(view, found.place), placeholder: found.name };
  });
  answerIn(session, RenameRequest.type, (view, { position, newName }) => {
    if (typeof newName !== 'string') throw invalidParams('newName is missing');
    const result = renameAt(view.ide, view.analysis, offsetIn(view, position), newName);
    if ('refusal' in result) throw requestFailed(result.refusal);
    return workspaceEdit(view, result.edits);
  });
  answer(session, WillRenameFilesRequest.type, ({ files }) => {
    const moves = (Array.isArray(files) ? files : []).map((file) => ({
      from: pathOf(session, file?.oldUri),
      to: pathOf(session, file?.newUri),
    }));
    const found = projects.all().flatMap(({ ide, isWorkspaceFolder }) => {
      const edits = isWorkspaceFolder ? editsForMoves(ide, moves) : [];
      const view = edits[0] && viewOf(session, uriOf(session, edits[0].path));
      return view ? [workspaceEdit(view, edits)] : [];
    });
    return found.length > 0 ? joinEdits(found) : null;
  });
}
