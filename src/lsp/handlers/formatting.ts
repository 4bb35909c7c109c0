import {
  DocumentFormattingRequest,
  DocumentOnTypeFormattingRequest,
  DocumentRangeFormattingRequest,
} from 'vscode-languageserver';
import { formatDocument, formatOnType, formatRange } from '../../ide/features/formatting.ts';
import { textEdits } from '../edits.ts';
import { invalidParams } from '../errors.ts';
import { answeringIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { offsetIn, offsetsIn } from '../view.ts';

/** Canonical text: the whole, a range, and tables that stay aligned while one types. There is one form, so no options. */
export function answerFormatting(session: Session): void {
  const { connection } = session;
  connection.onRequest(
    DocumentFormattingRequest.type,
    answeringIn(session, (view) => textEdits(view, view.library ? [] : formatDocument(view.analysis))),
  );
  connection.onRequest(
    DocumentRangeFormattingRequest.type,
    answeringIn(session, (view, { range }) => {
      const { start, end } = offsetsIn(view, range);
      return textEdits(view, view.library ? [] : formatRange(view.analysis, start, end));
    }),
  );
  connection.onRequest(
    DocumentOnTypeFormattingRequest.type,
    answeringIn(session, (view, { position, ch }) => {
      if (typeof ch !== 'string') throw invalidParams('ch is missing');
      return textEdits(view, view.library ? [] : formatOnType(view.analysis, offsetIn(view, position), ch));
    }),
  );
}
