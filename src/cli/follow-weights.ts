import type { CompileOptions } from '../compile.ts';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { nameTensors } from '../weights/choose-weights.ts';
import { sourceConventions } from '../weights/source-conventions.ts';
import { compileSpec, type Network } from './build-network.ts';
import type { Spec } from './spec.ts';

/** A network as its weights need it. */
export interface FollowedWeights<Request> {
  readonly network: Network;
  readonly request: Request;
  /** What there is to say of it. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Builds a network anew where the weights that it is to take were trained under another convention or normalisation than it
 * has: the column of the weight map that their names are of says so.
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
  if (!rebuilt.graph || !rebuilt.point || hasErrors(rebuilt.diagnostics)) return { network, request, diagnostics };
  return { network: rebuilt as Network, request: asked, diagnostics };
}
