import type { io, LayersModel } from '@tensorflow/tfjs';
import type { Compilation } from '../../../compile.ts';
import { type Diagnostic, hasErrors } from '../../../diagnostics/diagnostic.ts';
import type { WeightsRequest } from '../../../weights/choose-weights.ts';
import { emit } from '../../emit.ts';
import { registerLayers } from '../custom-layers/register.ts';
import type { Tfjs } from '../tfjs.ts';
import { layersTarget } from './target.ts';

/**
 * The network as a layers model on the backend that `tf` has set. Its weights are those that `weights` asks for: from a
 * seed, or from a checkpoint. The custom layers are registered on the way.
 * @returns the model where there is no error; the diagnostics are those of the weights and of what the target cannot do.
 */
export async function toTfjsModel(
  compilation: Compilation,
  tf: Tfjs,
  weights: WeightsRequest,
): Promise<{ model?: LayersModel; diagnostics: readonly Diagnostic[] }> {
  const files = new Map<string, Uint8Array[]>();
  const open = (name: string) => {
    const parts: Uint8Array[] = [];
    files.set(name, parts);
    return { name, sink: { write: (bytes: Uint8Array) => void parts.push(bytes.slice()) } };
  };
  const { diagnostics } = emit(compilation, layersTarget, {}, open, weights);
  if (hasErrors(diagnostics)) return { diagnostics };
  registerLayers(tf);
  return { model: await tf.loadLayersModel(fromParts(tf, files)), diagnostics };
}

/** A reader of a model whose files are in memory, in parts. */
function fromParts(tf: Tfjs, files: ReadonlyMap<string, readonly Uint8Array[]>): io.IOHandler {
  return {
    load() {
      const json = new TextDecoder().decode(join(files.get('model.json') ?? []));
      return tf.io.getModelArtifactsForJSON(JSON.parse(json) as io.ModelJSON, async (manifest) => {
        const shards = manifest.flatMap(({ paths }) => paths.flatMap((path) => files.get(path) ?? []));
        return [manifest.flatMap((group) => group.weights), join(shards).buffer as ArrayBuffer];
      });
    },
  };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
