import { firstStated } from './4-scale/preprocessing.ts';
import type { CompileOptions } from './compile.ts';
import { compileSpec, isWhole, type Network } from './compile-spec.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { Spec } from './node/open-spec.ts';
import type { Checkpoint } from './weights/checkpoint.ts';
import { nameTensors } from './weights/choose-weights.ts';
import { statedPreprocessing } from './weights/preprocessing-facts.ts';
import { sourceConventions } from './weights/source-conventions.ts';

/** A network as its weights need it. */
export interface FollowedWeights<Request> {
  readonly network: Network;
  readonly request: Request;
  /** The column of the weight map that has the names of the network's own tensors. */
  readonly column?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Rebuilds a network if its weights were trained under another convention or normalisation, as stated by their file, or by
 * the column of the weight map that has their names. @param map the only column to consider.
 */
export function followWeights<Request extends CompileOptions>(
  spec: Spec,
  network: Network,
  request: Request,
  checkpoint: Checkpoint,
  map: string | undefined,
): FollowedWeights<Request> {
  const named = nameTensors(network.program, network.graph, checkpoint, map);
  const namings = named.view ? named.namings : [];
  const { sources, diagnostics } = sourceConventions(checkpoint.name, namings, request);
  const own = namings.find(({ path }) => path === '')?.column?.name;
  const found = { diagnostics, ...(own !== undefined && { column: own }) };
  const weightsPreprocessing = firstStated(statedPreprocessing(checkpoint.metadata), sources['']?.preprocessing);
  if (diagnostics.length === 0 && !weightsPreprocessing) return { network, request, ...found };
  const asked = { ...request, sources, ...(weightsPreprocessing && { weightsPreprocessing }) };
  const rebuilt = compileSpec(spec, asked);
  return isWhole(rebuilt) ? { network: rebuilt, request: asked, ...found } : { network, request, ...found };
}
