import type { LayersModel } from '@tensorflow/tfjs';
import type { Compilation } from '../../../compile.ts';
import { type Diagnostic, hasErrors } from '../../../diagnostics/diagnostic.ts';
import type { WeightsRequest } from '../../../weights/choose-weights.ts';
import { emit } from '../../emit.ts';
import { registerLayers } from '../custom-layers/register.ts';
import { createMemoryFolder } from '../memory-folder.ts';
import type { Tfjs } from '../tfjs.ts';
import { layersTarget } from './target.ts';

/**
 * The network as a layers model on the backend that `tf` has set. Its weights are those that `weights` states: from a
 * seed, or from a checkpoint. The custom layers are registered. @returns the model if there is no error; the
 * diagnostics are about the weights and what the target cannot do.
 */
export async function toTfjsModel(
  compilation: Compilation,
  tf: Tfjs,
  weights: WeightsRequest,
): Promise<{ model?: LayersModel; diagnostics: readonly Diagnostic[] }> {
  const folder = createMemoryFolder();
  const { diagnostics } = emit(compilation, layersTarget, {}, folder.open, weights);
  if (hasErrors(diagnostics)) return { diagnostics };
  registerLayers(tf);
  return { model: await tf.loadLayersModel(folder.handler(tf)), diagnostics };
}
