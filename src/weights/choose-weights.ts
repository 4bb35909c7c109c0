import type { Program } from '../2-resolve/program.ts';
import type { Graph } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointWeights } from './checkpoint-weights.ts';
import { fittingPoints } from './fitting-points.ts';
import { seededWeights } from './initialise.ts';
import { type ChosenNaming, chooseNamings, columnNames } from './namings.ts';
import { requiredTensors } from './required-tensors.ts';
import { conventionProblems } from './source-conventions.ts';
import type { WeightSource } from './weight-source.ts';
import { withoutPrefix } from './without-prefix.ts';

export interface WeightsRequest {
  /** For initialisation; 0 by default. Also for tensors that a checkpoint may lack. */
  readonly seed?: number;
  readonly checkpoint?: Checkpoint;
  /** The column of the model's weight map; by default found from the checkpoint's names. */
  readonly map?: string;
  readonly allowMissing?: readonly string[];
  /** See `CheckpointOptions`. */
  readonly allowUnsound?: boolean;
  /**
   * The network as it trains, if it is to be built for inference: what a checkpoint has only for training is recognised and
   * not surplus.
   */
  readonly trained?: Graph;
  /** The explicitly chosen convention: for weights that exist in both, it is the right one. */
  readonly convention?: 'tf' | 'torch';
  /** The weights are only converted: the convention they were trained under does not matter. */
  readonly converts?: boolean;
}

export interface ChosenWeights {
  readonly source?: WeightSource;
  /** For users: `seed 0`, or whose names the checkpoint has. */
  readonly origin: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The weights of a network: initialised from a seed, or from a checkpoint by our own paths or through a weight map. Where the
 * weights were trained under another convention than the network is built with, a warning states it (see `followWeights`).
 */
export function chooseWeights(
  program: Program,
  graph: Graph,
  { seed = 0, checkpoint, map, allowMissing, allowUnsound, convention, converts = false, trained }: WeightsRequest,
): ChosenWeights {
  if (!checkpoint) return { source: seededWeights(graph, seed), origin: `seed ${seed}`, diagnostics: [] };
  const named = nameTensors(program, graph, checkpoint, map);
  if (!named.view) return { origin: '', diagnostics: named.diagnostics };
  const { view, namings } = named;
  const { source, diagnostics } = checkpointWeights(graph, view, namings, {
    allowMissing,
    ...(allowUnsound && { allowUnsound }),
    seed,
    ...(trained && { trained }),
  });
  const columns = new Set(namings.flatMap(({ column }) => column?.name ?? []));
  const names = columns.size === 0 ? "the model's own names" : `the names of ${[...columns].join(', ')}`;
  return {
    ...(source && { source }),
    origin: `${checkpoint.name}, ${names}`,
    diagnostics: [
      ...named.diagnostics,
      ...diagnostics,
      ...(diagnostics.some(isMisfit) ? wayOut(program, graph, checkpoint, diagnostics, map) : []),
      ...(converts ? [] : conventionProblems(checkpoint.name, namings, convention)),
    ],
  };
}

/** Whether tensors differ in shape or number; the message about a last layer for other classes is enough by itself. */
function isMisfit({ code }: Diagnostic, _: number, all: readonly Diagnostic[]): boolean {
  return code === 'weight-uneven' || (code === 'weight-shape' && all.filter((d) => d.code === code).length > 2);
}

/** What to build instead. Where nothing is found and no shape is known to differ, the names differ. */
function wayOut(
  program: Program,
  graph: Graph,
  checkpoint: Checkpoint,
  found: readonly Diagnostic[],
  map: string | undefined,
): Diagnostic[] {
  const points = fittingPoints(program, graph, checkpoint, map);
  if (points.length === 0 && !found.some(({ code }) => code === 'weight-shape')) return [];
  const data = { file: checkpoint.name, model: graph.name, points: points.join(' or ') };
  return [createDiagnostic('weight-other-point', undefined, data)];
}

/** A checkpoint with the interpretation of its names. */
export type NamedTensors =
  | {
      readonly view: Checkpoint;
      readonly namings: readonly ChosenNaming[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly view?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** Finds out whose names a checkpoint has. @param map the only column to consider; an error where no model has it. */
export function nameTensors(program: Program, graph: Graph, checkpoint: Checkpoint, map?: string): NamedTensors {
  const known = columnNames(program, graph);
  if (map !== undefined && !known.includes(map)) return { diagnostics: [unknownColumn(map, known)] };
  const tensors = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const { prefix, namings } = chooseNamings(program, graph, tensors, checkpoint.tensors.keys(), map);
  if (prefix === '') return { view: checkpoint, namings, diagnostics: [] };
  const names = [...checkpoint.tensors.keys()];
  const data = { file: checkpoint.name, prefix, all: names.every((name) => name.startsWith(prefix)) };
  const notice = createDiagnostic('checkpoint-prefix', undefined, data);
  return { view: withoutPrefix(checkpoint, prefix), namings, diagnostics: [notice] };
}

/** The error for a column that no weight map has. */
export function unknownColumn(name: string, known: readonly string[]): Diagnostic {
  const data = { name, names: known.join(', ') || 'none', hint: didYouMean(name, known) };
  return createDiagnostic('unknown-weight-map', undefined, data);
}
