import type { CompileOptions } from './compile.ts';
import { compileSpec, isWhole, type Network } from './compile-spec.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { Spec } from './node/open-spec.ts';
import type { Checkpoint } from './weights/checkpoint.ts';
import { nameTensors } from './weights/choose-weights.ts';
import { sourceConventions } from './weights/source-conventions.ts';

/** A network as its weights need it. */
export interface FollowedWeights<Request> {
  readonly network: Network;
  readonly request: Request;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Builds a network again where the weights that it is to take were trained under another convention or normalisation than it
 * has: the column of the weight map that has their names says so.
 * @param map the only column to look at.
 */
export function followWeights<Request extends CompileOptions>(
  spec: Spec,
  network: Network,
  request: Request,
  checkpoint: Checkpoint,
  map: string | undefined,
): FollowedWeights<Request> {
  const named = nameTensors(network.program, network.graph, checkpoint, map);
  const { sources, diagnostics } = sourceConventions(checkpoint.name, named.view ? named.namings : [], request);
  if (diagnostics.length === 0 && !sources['']?.normalisation) return { network, request, diagnostics };
  const asked = { ...request, sources };
  const rebuilt = compileSpec(spec, asked);
  return isWhole(rebuilt) ? { network: rebuilt, request: asked, diagnostics } : { network, request, diagnostics };
}
