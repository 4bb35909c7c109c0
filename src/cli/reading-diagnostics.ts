import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Unreadable } from './find-files.ts';
import type { Spec } from './spec.ts';

/** What is wrong with the bytes of a spec. */
export function encodingDiagnostics(spec: Spec): Diagnostic[] {
  return spec.valid ? [] : [createDiagnostic('invalid-utf8', { source: spec.source, start: 0, end: 0 }, {})];
}

/** What a file or folder that cannot be read is reported as, where others are reported as well. */
export function unreadableDiagnostic({ path, reason }: Unreadable): Diagnostic {
  return createDiagnostic('file-unreadable', undefined, { path, reason });
}
