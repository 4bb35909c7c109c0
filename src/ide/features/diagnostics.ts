import type { Code } from '../../diagnostics/catalog.ts';
import type { Diagnostic, Fix, Severity } from '../../diagnostics/diagnostic.ts';
import type { Analysis, Place } from '../core/analysis.ts';

/** A diagnostic as an editor shows it: plain data, places in documents. */
export interface EditorDiagnostic extends Place {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly (Place & { readonly message: string })[];
  readonly fixes: readonly EditorFix[];
}

/** A change that fixes what a diagnostic reports. */
export interface EditorFix {
  readonly title: string;
  /** Whether it cannot change what the file means. */
  readonly safe: boolean;
  readonly edits: readonly EditorEdit[];
}

export interface EditorEdit extends Place {
  readonly newText: string;
}

/**
 * The diagnostics of a document: problems of its own text, and problems elsewhere when its models are built (a library
 * block that gets a wrong number), reported at the call that led there. Problems of imported files are reported in those.
 * @param diagnostics all there are; or those that are known so far, `analysis.diagnosticsSoFar()`
 */
export function documentDiagnostics(
  analysis: Analysis,
  diagnostics: readonly Diagnostic[] = analysis.diagnostics,
): readonly EditorDiagnostic[] {
  let located = known.get(diagnostics);
  if (!located) {
    located = diagnostics.flatMap((d) => {
      const one = locateDiagnostic(analysis, d);
      return one.path === analysis.path ? [one] : saidAtCall(analysis, one);
    });
    known.set(diagnostics, located);
  }
  return located;
}

/** Each analysis has its own list. */
const known = new WeakMap<readonly Diagnostic[], readonly EditorDiagnostic[]>();

/** A diagnostic with all its places; one outside of any file is put at the start of the document. */
export function locateDiagnostic(analysis: Analysis, d: Diagnostic): EditorDiagnostic {
  return {
    ...(d.span ? analysis.locate(d.span) : { path: analysis.path, start: 0, end: 0 }),
    code: d.code,
    severity: d.severity,
    message: d.message,
    related: (d.related ?? []).map((r) => ({ ...analysis.locate(r.span), message: r.message })),
    fixes: (d.fixes ?? []).map((fix) => locateFix(analysis, fix)),
  };
}

function locateFix(analysis: Analysis, { title, safe, edits }: Fix): EditorFix {
  return { title, safe, edits: edits.map((e) => ({ ...analysis.locate(e.span), newText: e.newText })) };
}

/** The outermost call of this document that led to a mistake elsewhere takes its place; the mistake is then related. */
function saidAtCall(analysis: Analysis, d: EditorDiagnostic): EditorDiagnostic[] {
  const call = d.related.findLast(({ path }) => path === analysis.path);
  if (!call) return [];
  const place = { path: d.path, start: d.start, end: d.end, message: 'here' };
  return [
    {
      ...d,
      path: call.path,
      start: call.start,
      end: call.end,
      related: [place, ...d.related.filter((r) => r !== call)],
    },
  ];
}
