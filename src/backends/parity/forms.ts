import { emit } from '../../6-emit/emit.ts';
import { onnxTarget } from '../../6-emit/onnx/target.ts';
import type { OpenSink, Target } from '../../6-emit/target.ts';
import { graphModelTarget } from '../../6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../6-emit/tfjs/layers/target.ts';
import { createMemoryFolder, joinBytes, type MemoryFolder } from '../../6-emit/tfjs/memory-folder.ts';
import type { Compilation } from '../../compile.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';

export type FormName = 'ONNX' | 'layers model' | 'graph model';

/** One network with the same weights as each target writes it; a form that its target has no output for is absent. */
export interface Forms {
  /** Absent, too, for a network of 2 GiB or more, whose weights would stand in a second file. */
  readonly onnx?: Uint8Array;
  readonly layers?: MemoryFolder;
  readonly graph?: MemoryFolder;
}

export interface WrittenForms {
  /** Absent where there is none. */
  readonly forms?: Forms;
  /** What the targets refuse, and why. */
  readonly refused: readonly { readonly form: FormName; readonly reasons: readonly Diagnostic[] }[];
  /** Where there is a form, what was said of those that there are; else why there is none. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes a network as ONNX, layers model and graph model, all in memory. */
export function writeForms(compilation: Compilation, weights: WeightsRequest): WrittenForms {
  const parts: Uint8Array[] = [];
  const layers = createMemoryFolder();
  const graph = createMemoryFolder();
  let isWhole = true;
  const toParts: OpenSink = (suffix) => {
    if (suffix !== '') isWhole = false;
    return { name: `model.onnx${suffix}`, sink: { write: (bytes) => void parts.push(bytes.slice()) } };
  };
  const write = <T>(form: FormName, target: Target<T>, open: OpenSink) => {
    const { diagnostics } = emit(compilation, target, {}, open, weights);
    return { form, diagnostics, isWritten: !hasErrors(diagnostics) };
  };
  const results = [
    write('ONNX', onnxTarget, toParts),
    write('layers model', layersTarget, layers.open),
    write('graph model', graphModelTarget, graph.open),
  ] as const;
  const [asOnnx, asLayers, asGraph] = results;
  const written = results.filter(({ isWritten }) => isWritten);
  const refused = results.filter(({ isWritten }) => !isWritten);
  if (written.length === 0) return { refused: [], diagnostics: distinct(refused) };
  const forms = {
    ...(asOnnx.isWritten && isWhole && { onnx: joinBytes(parts) }),
    ...(asLayers.isWritten && { layers }),
    ...(asGraph.isWritten && { graph }),
  };
  return {
    forms,
    refused: refused.map(({ form, diagnostics }) => ({
      form,
      reasons: distinct([{ diagnostics: diagnostics.filter(({ severity }) => severity === 'error') }]),
    })),
    diagnostics: distinct(written),
  };
}

/** Diagnostics without those that were there before: what is to be said of weights comes with each form. */
function distinct(results: readonly { readonly diagnostics: readonly Diagnostic[] }[]): readonly Diagnostic[] {
  const said = new Map<string, Diagnostic>();
  for (const { diagnostics } of results) {
    for (const d of diagnostics) said.set(`${d.code} ${d.message} ${d.span?.start}`, d);
  }
  return [...said.values()];
}
