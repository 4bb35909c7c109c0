import { emit } from '../../6-emit/emit.ts';
import type { Runtime, TargetEntry } from '../../6-emit/target-entry.ts';
import { targets } from '../../6-emit/targets.ts';
import { createMemoryFolder, type MemoryFolder } from '../../6-emit/tfjs/memory-folder.ts';
import type { Compilation } from '../../compile.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';

/** A network as a target writes it, with the same weights as the other forms. */
export interface WrittenForm {
  /** Its name for people: `ONNX`. */
  readonly name: string;
  readonly runtime: Runtime;
  readonly files: MemoryFolder;
}

export interface WrittenForms {
  /** Absent if there is none. Only forms that their target can write. */
  readonly forms?: readonly WrittenForm[];
  /** What the targets refuse, and why. */
  readonly refused: readonly { readonly form: string; readonly reasons: readonly Diagnostic[] }[];
  /** Where there is a form, the diagnostics of each; else why there is none. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes a network as each target does that an engine here can run, all in memory. */
export async function writeForms(compilation: Compilation, weights: WeightsRequest): Promise<WrittenForms> {
  const runs = targets.flatMap((entry) => (entry.runtime ? [{ entry, runtime: entry.runtime }] : []));
  const results = await Promise.all(runs.map(({ entry, runtime }) => write(entry, runtime)));
  const written = results.filter(({ diagnostics }) => !hasErrors(diagnostics));
  const refused = results.filter(({ diagnostics }) => hasErrors(diagnostics));
  if (written.length === 0) return { refused: [], diagnostics: distinct(refused) };
  return {
    forms: written.map(({ form }) => form),
    refused: refused.map(({ form, diagnostics }) => ({
      form: form.name,
      reasons: distinct([{ diagnostics: diagnostics.filter(({ severity }) => severity === 'error') }]),
    })),
    diagnostics: distinct(written),
  };

  async function write(entry: TargetEntry, runtime: Runtime) {
    const files = createMemoryFolder();
    const { diagnostics } = emit(compilation, await entry.load(), {}, files.open, weights);
    return { form: { name: entry.form, runtime, files } satisfies WrittenForm, diagnostics };
  }
}

/** Only the diagnostics of this form: those about weights would repeat. */
function distinct(results: readonly { readonly diagnostics: readonly Diagnostic[] }[]): readonly Diagnostic[] {
  const reported = new Map<string, Diagnostic>();
  for (const { diagnostics } of results) {
    for (const d of diagnostics) reported.set(`${d.code} ${d.message} ${d.span?.start}`, d);
  }
  return [...reported.values()];
}
