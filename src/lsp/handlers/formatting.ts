import {
  DocumentFormattingRequest,
  DocumentOnTypeFormattingRequest,
  DocumentRangeFormattingRequest,
} from 'vscode-languageserver';
import { formatDocument, formatOnType, formatRange } from '../../ide/features/formatting.ts';
import { textEdits } from '../edits.ts';
import { invalidParams } from '../errors.ts';
import { answerIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { offsetIn, offsetsIn } from '../view.ts';

/** Canonical text: the whole, a range, and tables that stay aligned while one types. There is one form, so no options. */
export function answerFormatting(session: Session): void {
  answerIn(session, DocumentFormattingRequest.type, (view) =>
    textEdits(view, view.library ? [] : formatDocument(view.analysis)),
  );
  answerIn(session, DocumentRangeFormattingRequest.type, (view, { range }) => {
    const { start, end } = offsetsIn(view, range);
    return textEdits(view, view.library ? [] : formatRange(view.analysis, start, end));
  });
  answerIn(session, DocumentOnTypeFormattingRequest.type, (view, { position, ch }) => {
    if (typeof ch !== 'string') throw invalidParams('ch is missing');
    return textEdits(view, view.library ? [] : formatOnType(view.analysis, offsetIn(view, position), ch));
  });
}
