import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import { isUnreadable } from './byte-reader.ts';
import type { CheckpointSource, OpenedTensors } from './format.ts';

/** Opens a file; where it is `Unreadable`, the reason becomes a diagnostic. @param what a file of this format is */
export function refusing(what: string, open: (source: CheckpointSource) => OpenedTensors | undefined) {
  return (source: CheckpointSource): OpenedTensors | undefined => {
    try {
      return open(source);
    } catch (e) {
      if (!isUnreadable(e)) throw e;
      const data = { file: source.name, what, reason: e.message };
      return { diagnostics: [createDiagnostic('checkpoint-unreadable', undefined, data)] };
    }
  };
}
