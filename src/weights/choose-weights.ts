import type { DeclaredModel, Program } from '../2-resolve/program.ts';
import type { Graph } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointWeights } from './checkpoint-weights.ts';
import { declaredMaps } from './declared-maps.ts';
import { detectColumn } from './detect-column.ts';
import { seededWeights } from './initialise.ts';
import type { WeightSource } from './weight-source.ts';

export interface WeightsRequest {
  /** For initialisation; 0 by default. Also for tensors that a checkpoint may lack. */
  readonly seed?: number;
  readonly checkpoint?: Checkpoint;
  /** The column of the model's weight map; found out from the checkpoint's names where it is not said. */
  readonly map?: string;
  readonly allowMissing?: readonly string[];
}

export interface ChosenWeights {
  readonly source?: WeightSource;
  /** For people: `seed 0`, or whose names the checkpoint has. */
  readonly origin: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The weights of a network: initialised from a seed, or from a checkpoint by our own paths or through a weight map. */
export function chooseWeights(
  program: Program,
  model: DeclaredModel,
  graph: Graph,
  { seed = 0, checkpoint, map, allowMissing }: WeightsRequest,
): ChosenWeights {
  if (!checkpoint) return { source: seededWeights(graph, seed), origin: `seed ${seed}`, diagnostics: [] };
  const columns = declaredMaps(program, model);
  if (map !== undefined && !columns.has(map)) {
    const names = [...columns.keys()];
    const data = { name: map, names: names.join(', ') || 'none', hint: didYouMean(map, names) };
    return { origin: '', diagnostics: [createDiagnostic('unknown-weight-map', undefined, data)] };
  }
  const column = map ?? detectColumn(checkpoint.tensors.keys(), columns);
  const rows = column === undefined ? undefined : columns.get(column);
  const { source, diagnostics } = checkpointWeights(graph, checkpoint, rows, { allowMissing, seed });
  const names = column === undefined ? "the model's own names" : `the names of ${column}`;
  return { ...(source && { source }), origin: `${checkpoint.name}, ${names}`, diagnostics };
}
