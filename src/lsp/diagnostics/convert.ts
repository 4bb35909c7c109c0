import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { documentDiagnostics, type EditorDiagnostic } from '../../ide/features/diagnostics.ts';
import { explanationUri } from '../library-texts.ts';
import { type DocumentView, locationOf, rangeIn } from '../view.ts';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** A document's diagnostics as the protocol has them: all that are known, or those given. */
export function protocolDiagnostics(view: DocumentView, found = view.analysis.diagnostics): Diagnostic[] {
  return documentDiagnostics(view.analysis, found).map((d) => protocolDiagnostic(view, d));
}

/** A diagnostic of the document of `view`. */
export function protocolDiagnostic(view: DocumentView, d: EditorDiagnostic): Diagnostic {
  return {
    range: rangeIn(view, d),
    severity: severities[d.severity],
    code: d.code,
    codeDescription: { href: explanationUri(d.code) },
    source: 'enet',
    message: d.message,
    ...(d.code.startsWith('unused-') && { tags: [DiagnosticTag.Unnecessary] }),
    ...(d.related.length > 0 && {
      relatedInformation: d.related.map((r) => ({ location: locationOf(view, r), message: r.message })),
    }),
  };
}
