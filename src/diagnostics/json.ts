import { positionAt, type Span } from '../source.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';

/** A place: line and column count from 1, the offset from 0; all in UTF-16 units. */
export interface JsonPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface JsonSpan {
  readonly file: string;
  readonly start: JsonPosition;
  /** Past the last character. */
  readonly end: JsonPosition;
}

/** What `--json` prints for a diagnostic. Fields are only ever added; `span` is null for what no file holds. */
export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: JsonSpan | null;
  readonly related: readonly { readonly message: string; readonly span: JsonSpan }[];
  readonly fixes: readonly {
    readonly title: string;
    readonly safe: boolean;
    readonly edits: readonly { readonly span: JsonSpan; readonly newText: string }[];
  }[];
}

/** A diagnostic as plain data, without its sources' text. */
export function diagnosticToJson(d: Diagnostic): JsonDiagnostic {
  return {
    code: d.code,
    severity: d.severity,
    message: d.message,
    span: d.span ? spanToJson(d.span) : null,
    related: (d.related ?? []).map((r) => ({ message: r.message, span: spanToJson(r.span) })),
    fixes: (d.fixes ?? []).map((f) => ({
      title: f.title,
      safe: f.safe,
      edits: f.edits.map((e) => ({ span: spanToJson(e.span), newText: e.newText })),
    })),
  };
}

function spanToJson(span: Span): JsonSpan {
  const at = (offset: number): JsonPosition => ({ ...positionAt(span.source, offset), offset });
  return { file: span.source.name, start: at(span.start), end: at(span.end) };
}
