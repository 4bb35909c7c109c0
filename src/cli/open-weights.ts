import type { Network } from '../compile-spec.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { followWeights } from '../follow-weights.ts';
import { openCheckpoint } from '../node/open-checkpoint.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { text } from './arguments.ts';
import type { OpenedNetwork } from './build-network.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

/** The weights of a command line, open, and the network as they need it. */
export interface NetworkWeights {
  readonly network: Network;
  /** Absent if the command line names none, or where they cannot be read. */
  readonly checkpoint?: Checkpoint;
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}

/** Opens what `--weights` names, and follows it: see `followWeights`. */
export async function openWeights(
  { spec, request, network }: OpenedNetwork,
  args: Arguments,
  io: Io,
): Promise<NetworkWeights> {
  const path = text(args, 'weights');
  if (path === undefined) return { network, diagnostics: [], close: () => {} };
  const { checkpoint, diagnostics, close } = await openCheckpoint(path, io.cwd, text(args, 'weights-key'));
  if (!checkpoint) return { network, diagnostics, close };
  const followed = followWeights(spec, network, request, checkpoint, text(args, 'weights-map'));
  return { network: followed.network, checkpoint, diagnostics: [...diagnostics, ...followed.diagnostics], close };
}
