import { type SignatureHelp, SignatureHelpRequest } from 'vscode-languageserver';
import { signatureHelp } from '../../ide/features/signature-help.ts';
import { answerIn } from '../guard.ts';
import { markup } from '../markup.ts';
import type { Session } from '../session.ts';
import { offsetIn } from '../view.ts';

/** The parameters of the call that is being typed. */
export function answerSignatures(session: Session): void {
  answerIn(session, SignatureHelpRequest.type, (view, { position }): SignatureHelp | null => {
    const found = signatureHelp(view.analysis, offsetIn(view, position));
    if (!found) return null;
    const { label, documentation, parameters, active } = found;
    // where no parameter is left, clients without that notion take one past the last
    const none = session.client.noActiveParameter ? null : parameters.length;
    const signature = {
      label,
      documentation: markup(session, documentation),
      parameters: parameters.map(({ start, end, documentation }) => ({
        label: session.client.labelOffsets ? ([start, end] as [number, number]) : label.slice(start, end),
        documentation: markup(session, documentation),
      })),
    };
    return { signatures: [signature], activeSignature: 0, activeParameter: active ?? none };
  });
}
