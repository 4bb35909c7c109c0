import { elements, type Graph } from '../5-graph/graph.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointDiagnostics } from './checkpoint-diagnostics.ts';
import { seededWeights } from './initialise.ts';
import { matchCheckpoint } from './match-checkpoint.ts';
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
  /** For the tensors initialised instead; 0 by default. */
  readonly seed?: number;
}

/**
 * The weights of a network from a checkpoint. Every tensor is matched before one is read; then each is looked through for
 * values that are no numbers.
 * @param graph before or after batch norms were folded; the source serves the norms' own tensors either way.
 * @param namings how the checkpoint names the tensors (see `chooseNamings`); without, our own paths are the names.
 * @returns a source where there is no error. Reading from it throws only where the file cannot be read.
 */
export function checkpointWeights(
  graph: Graph,
  checkpoint: Checkpoint,
  namings: readonly Naming[] | undefined,
  { allowMissing = [], seed = 0 }: CheckpointOptions = {},
): { source?: WeightSource; diagnostics: readonly Diagnostic[] } {
  const tensors = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const match = matchCheckpoint(tensors, checkpoint.tensors, namings);
  const { initialised, diagnostics } = checkpointDiagnostics(checkpoint.name, tensors, match, allowMissing);
  if (hasErrors(diagnostics)) return { diagnostics };
  const source = createSource(checkpoint, match.names, initialised, seededWeights(graph, seed));
  return { source, diagnostics: [...diagnostics, ...unsoundValues(checkpoint.name, graph, source)] };
}

function createSource(
  checkpoint: Checkpoint,
  namesOf: ReadonlyMap<string, readonly string[]>,
  initialised: ReadonlySet<string>,
  seeded: WeightSource,
): WeightSource {
  let buffer = new Float32Array(0);
  return {
    read(tensor) {
      if (initialised.has(tensor.name)) return seeded.read(tensor);
      const names = namesOf.get(tensor.name);
      if (!names) throw new Error(`'${tensor.name}' is no tensor of the checkpoint's network`);
      if (names.length === 1) return checkpoint.read(names[0] as string);
      const length = elements(tensor.shape);
      if (buffer.length < length) buffer = new Float32Array(length);
      let done = 0;
      for (const name of names) {
        const part = checkpoint.read(name);
        buffer.set(part, done);
        done += part.length;
      }
      return buffer.subarray(0, length);
    },
  };
}
