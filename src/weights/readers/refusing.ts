import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import { Unreadable } from './byte-reader.ts';
import type { CheckpointSource, OpenedTensors } from './format.ts';

/** Opens a file; where it is `Unreadable`, the reason becomes a diagnostic. @param what a file of this format is */
export function refusing(what: string, open: (source: CheckpointSource) => OpenedTensors) {
  return (source: CheckpointSource): OpenedTensors => {
    try {
      return open(source);
    } catch (e) {
      if (!(e instanceof Unreadable)) throw e;
      const data = { file: source.name, what, reason: e.message };
      return { diagnostics: [createDiagnostic('checkpoint-unreadable', undefined, data)] };
    }
  };
}
