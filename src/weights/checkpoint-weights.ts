import { elements, type Graph, type TensorSpec } from '../5-graph/graph.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import { reusedFloats } from './bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointDiagnostics } from './checkpoint-diagnostics.ts';
import { seededWeights } from './initialise.ts';
import { type AdaptedKernel, adaptableKernels, adaptKernel } from './input-channels.ts';
import { type CheckpointMatch, matchCheckpoint } from './match-checkpoint.ts';
import type { Naming } from './namings.ts';
import { requiredTensors } from './required-tensors.ts';
import { unsoundValues } from './unsound-values.ts';
import type { WeightSource } from './weight-source.ts';

export interface CheckpointOptions {
  /**
   * Names of tensors, with stars for any text, that the checkpoint may lack or have in another shape: they are
   * initialised instead. `classifier.*` for another number of classes.
   */
  readonly allowMissing?: readonly string[];
  /** Whether values that lead to NaN are accepted, with warnings; false by default (see `unsoundValues`). */
  readonly allowUnsound?: boolean;
  /** For the tensors initialised instead; 0 by default. */
  readonly seed?: number;
  /** See `WeightsRequest`. */
  readonly trained?: Graph;
}

/**
 * The weights of a network from a checkpoint. All tensors are matched before any is read; then each is checked for values that are not finite.
 * @param graph before or after batch norms were folded; the source serves the norms' own tensors either way.
 * @param namings how the checkpoint names the tensors (see `chooseNamings`); without, our own paths are the names.
 * @returns a source if there is no error. Reading from it throws only where the file cannot be read.
 */
export function checkpointWeights(
  graph: Graph,
  checkpoint: Checkpoint,
  namings: readonly Naming[] | undefined,
  { allowMissing = [], allowUnsound = false, seed = 0, trained = graph }: CheckpointOptions = {},
): { source?: WeightSource; diagnostics: readonly Diagnostic[] } {
  const tensors = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const match = matchNeeded(tensors, trained, checkpoint, namings);
  const adapted = adaptableKernels(graph, match.misshapen);
  const { initialised, diagnostics } = checkpointDiagnostics(checkpoint.name, tensors, match, adapted, allowMissing);
  if (hasErrors(diagnostics)) return { diagnostics };
  const fitting = fittingSource(checkpoint, match.names, adapted);
  const seeded = seededWeights(graph, seed);
  const source: WeightSource = {
    read: (tensor) => (initialised.has(tensor.name) ? seeded : fitting).read(tensor),
  };
  const all = [...diagnostics, ...unsoundValues(checkpoint.name, graph, source, allowUnsound)];
  return hasErrors(all) ? { diagnostics: all } : { source, diagnostics: all };
}

/**
 * Matches the tensors of a network. Those that only training has are included, so that stars pair and names are
 * recognised, but a checkpoint may lack them.
 */
function matchNeeded(
  tensors: readonly TensorSpec[],
  trained: Graph,
  checkpoint: Checkpoint,
  namings: readonly Naming[] | undefined,
): CheckpointMatch {
  const needed = new Set(tensors.map(({ name }) => name));
  const others = [...requiredTensors(trained)].flatMap(({ tensor }) => (needed.has(tensor.name) ? [] : [tensor]));
  const match = matchCheckpoint([...tensors, ...others], checkpoint.tensors, namings);
  if (others.length === 0) return match;
  const ofNeeded = <T extends { readonly tensor: TensorSpec }>(all: readonly T[]) =>
    all.filter(({ tensor }) => needed.has(tensor.name));
  return {
    ...match,
    missing: ofNeeded(match.missing),
    misshapen: ofNeeded(match.misshapen),
    unreadable: ofNeeded(match.unreadable),
  };
}

/** The network's tensors in the checkpoint. */
function fittingSource(
  checkpoint: Checkpoint,
  namesOf: ReadonlyMap<string, readonly string[]>,
  adapted: readonly AdaptedKernel[],
): WeightSource {
  const kernels = new Map(adapted.map((kernel) => [kernel.tensor, kernel]));
  const floats = reusedFloats();
  const join = (names: readonly string[], length: number): Float32Array => {
    if (names.length === 1) return checkpoint.read(names[0] as string);
    const joined = floats(length);
    let done = 0;
    for (const name of names) {
      const part = checkpoint.read(name);
      joined.set(part, done);
      done += part.length;
    }
    return joined;
  };
  return {
    read(tensor) {
      const kernel = kernels.get(tensor.name);
      if (kernel) return adaptKernel(join(kernel.names, elements(kernel.found)), kernel.found, kernel.channels);
      const names = namesOf.get(tensor.name);
      if (!names) throw new Error(`'${tensor.name}' is not a tensor of the checkpoint's network`);
      return join(names, elements(tensor.shape));
    },
  };
}
