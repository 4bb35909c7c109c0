import type { LayersModel } from '@tensorflow/tfjs';
import type { Tfjs } from './6-emit/tfjs/tfjs.ts';
import { type Compilation, type CompileOptions, compile as compilePipeline } from './compile.ts';
import { type Diagnostic, hasErrors } from './diagnostics/diagnostic.ts';
import { renderDiagnostics } from './diagnostics/render.ts';
import { emptyHost, type Host } from './host.ts';
import { libraryModels } from './library.ts';
import type { Source } from './source.ts';
import { stdlib } from './stdlib.generated.ts';
import type { WeightsRequest } from './weights/choose-weights.ts';

/** What `toTfjs` takes in addition to TensorFlow.js: where the weights come from, seed 0 by default. */
export interface TfjsOptions extends WeightsRequest {
  /** Called with warnings, for example about tensors of a checkpoint that the network does not use. */
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
}

/** The result of `compile`: everything found, and the network as a model to train, if there is one. */
export interface CompiledNetwork extends Compilation {
  /**
   * The network as a `tf.LayersModel`, on the backend that `tf` has set: channels last, the batch open, ready for
   * `compile` and `fit`. Its layers are named by our paths.
   * @param tf TensorFlow.js: `@tensorflow/tfjs`, or a package that brings it, such as `@tensorflow/tfjs-node`.
   * @throws Error with the diagnostics as text, where the spec or the weights have an error.
   */
  toTfjs(tf: Tfjs, options?: TfjsOptions): Promise<LayersModel>;
}

/**
 * The whole way from a text to a network. Never throws for what a source contains: errors are diagnostics. @param
 * source a spec's text, with or without a name; or the name of a library model, `efficientnet`.
 */
export function compile(
  source: string | Source,
  options: CompileOptions = {},
  host: Host = emptyHost,
): CompiledNetwork {
  const { source: named, model } = sourceOf(source);
  const compilation = compilePipeline(named, { ...(model !== undefined && { model }), ...options }, host);
  return {
    ...compilation,
    async toTfjs(tf, { onDiagnostic, ...weights } = {}) {
      refuseErrors(compilation.diagnostics);
      const { toTfjsModel } = await import('./6-emit/tfjs/layers/to-model.ts');
      const { model: network, diagnostics } = await toTfjsModel(compilation, tf, weights);
      if (!network) throw new Error(renderDiagnostics(diagnostics, { color: false }));
      for (const diagnostic of diagnostics) onDiagnostic?.(diagnostic);
      return network;
    },
  };
}

/** A text of one word cannot be a spec: it is looked up in the library. */
function sourceOf(source: string | Source): { source: Source; model?: string } {
  if (typeof source !== 'string') return { source };
  const entry = libraryModels.find(({ name }) => name === source);
  if (entry) return { source: { name: entry.module, text: stdlib[entry.module] ?? '' }, model: entry.model };
  return { source: { name: 'spec.enet', text: source } };
}

function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  if (hasErrors(diagnostics)) throw new Error(renderDiagnostics(diagnostics, { color: false }));
}
