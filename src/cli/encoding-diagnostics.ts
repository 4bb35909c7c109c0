import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Spec } from './spec.ts';

/** What is wrong with the bytes of a spec. */
export function encodingDiagnostics(spec: Spec): Diagnostic[] {
  return spec.valid ? [] : [createDiagnostic('invalid-utf8', { source: spec.source, start: 0, end: 0 }, {})];
}
