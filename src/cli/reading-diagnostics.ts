import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { UnreadablePath } from './find-files.ts';

/** What a file or folder that cannot be read is reported as, where others are reported as well. */
export function unreadableDiagnostic({ path, reason }: UnreadablePath): Diagnostic {
  return createDiagnostic('file-unreadable', undefined, { path, reason });
}
