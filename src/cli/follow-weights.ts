import type { CompileOptions } from '../compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { openCheckpoint } from '../node/open-checkpoint.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { nameTensors } from '../weights/choose-weights.ts';
import { sourceConventions } from '../weights/source-conventions.ts';
import { type Arguments, text } from './arguments.ts';
import { compileSpec, isWhole, type Network, type OpenedNetwork } from './build-network.ts';
import type { Io } from './io.ts';
import type { Spec } from './spec.ts';

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

/** The weights of a command line, open, and the network as they need it. */
export interface NetworkWeights {
  readonly network: Network;
  /** Absent where the command line names none, or where they cannot be read. */
  readonly checkpoint?: Checkpoint;
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}

/** Opens what `--weights` names, and follows it: see `followWeights`. */
export function openWeights({ spec, request, network }: OpenedNetwork, args: Arguments, io: Io): NetworkWeights {
  const path = text(args, 'weights');
  if (path === undefined) return { network, diagnostics: [], close: () => {} };
  const { checkpoint, diagnostics, close } = openCheckpoint(path, io.cwd);
  if (!checkpoint) return { network, diagnostics, close };
  const followed = followWeights(spec, network, request, checkpoint, text(args, 'weights-map'));
  return { network: followed.network, checkpoint, diagnostics: [...diagnostics, ...followed.diagnostics], close };
}
