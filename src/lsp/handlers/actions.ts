import { type CodeAction, CodeActionRequest } from 'vscode-languageserver';
import { codeActions, type CodeAction as EnetAction } from '../../ide/features/code-actions.ts';
import { protocolDiagnostic } from '../diagnostics/convert.ts';
import { workspaceEdit } from '../edits.ts';
import { answerIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { type DocumentView, offsetsIn } from '../view.ts';

/** What can be fixed automatically, for the client to apply. */
export function answerActions(session: Session): void {
  answerIn(session, CodeActionRequest.type, (view, { range, context }): CodeAction[] => {
    if (view.library || !session.client.codeActions) return [];
    const { start, end } = offsetsIn(view, range);
    const only = Array.isArray(context?.only) ? context.only : undefined;
    return codeActions(view.ide, view.analysis, start, end)
      .filter(
        ({ kind }) => !only || only.some((wanted) => wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`)),
      )
      .map((action) => protocolAction(view, action));
  });
}

function protocolAction(view: DocumentView, { title, kind, edits, diagnostic, preferred }: EnetAction): CodeAction {
  return {
    title,
    kind,
    edit: workspaceEdit(view, edits),
    ...(diagnostic && { diagnostics: [protocolDiagnostic(view, diagnostic)] }),
    ...(preferred && { isPreferred: true }),
  };
}
