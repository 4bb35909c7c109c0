import { emit } from '../../6-emit/emit.ts';
import { onnxTarget } from '../../6-emit/onnx/target.ts';
import type { OpenSink, Target } from '../../6-emit/target.ts';
import { graphModelTarget } from '../../6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../6-emit/tfjs/layers/target.ts';
import { createMemoryFolder, joinBytes, type MemoryFolder } from '../../6-emit/tfjs/memory-folder.ts';
import type { Compilation } from '../../compile.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';

/** One network with the same weights as each target writes it. */
export interface Forms {
  /** Absent for a network of 2 GiB or more, whose weights would stand in a second file. */
  readonly onnx?: Uint8Array;
  readonly layers: MemoryFolder;
  readonly graph: MemoryFolder;
}

/** Writes a network as ONNX, layers model and graph model, all in memory. No forms where a target or the weights say no. */
export function writeForms(
  compilation: Compilation,
  weights: WeightsRequest,
): { readonly forms?: Forms; readonly diagnostics: readonly Diagnostic[] } {
  const parts: Uint8Array[] = [];
  const layers = createMemoryFolder();
  const graph = createMemoryFolder();
  let isWhole = true;
  const toParts: OpenSink = (suffix) => {
    if (suffix !== '') isWhole = false;
    return { name: `model.onnx${suffix}`, sink: { write: (bytes) => void parts.push(bytes.slice()) } };
  };
  const write = <T>(target: Target<T>, open: OpenSink) => emit(compilation, target, {}, open, weights).diagnostics;
  // The weights' own diagnostics would come three times.
  const said = new Map<string, Diagnostic>();
  for (const diagnostics of [
    write(onnxTarget, toParts),
    write(layersTarget, layers.open),
    write(graphModelTarget, graph.open),
  ]) {
    for (const d of diagnostics) said.set(`${d.code} ${d.message} ${d.span?.start}`, d);
  }
  const diagnostics = [...said.values()];
  if (hasErrors(diagnostics)) return { diagnostics };
  return { forms: { ...(isWhole && { onnx: joinBytes(parts) }), layers, graph }, diagnostics };
}
