import type { Network } from '../compile-spec.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { followWeights } from '../follow-weights.ts';
import { hubAddress, hubNameOf } from '../node/hub/hub-name.ts';
import { fetchPublished, type OpenedCheckpoint, openCheckpoint } from '../node/open-checkpoint.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { text } from './arguments.ts';
import type { OpenedNetwork } from './build-network.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import { askedLabels, chooseLabels } from './labels.ts';
import { createProgress } from './progress.ts';

/** The weights of a command line, open, and the network as they need it. */
export interface NetworkWeights {
  readonly network: Network;
  /** Absent if the command line names none, or where they cannot be read. */
  readonly checkpoint?: Checkpoint;
  /** The names of the classes, where they are known. */
  readonly labels?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}

/** Opens what `--weights` names, or else the run's weights, and follows it: see `followWeights`. */
export async function openWeights(
  { spec, request, network, weights, labels: ofRun }: OpenedNetwork,
  args: Arguments,
  io: Io,
): Promise<NetworkWeights> {
  const path = text(args, 'weights') ?? weights;
  const asked = (await askedLabels(args, io)) ?? ofRun;
  if (path === undefined) return { network, diagnostics: [], ...(asked && { labels: asked }), close: () => {} };
  const { checkpoint, diagnostics, close } = await openNamed(path, io, text(args, 'weights-key'));
  if (!checkpoint) return { network, diagnostics, close };
  const followed = followWeights(spec, network, request, checkpoint, text(args, 'weights-map'));
  const { labels, diagnostics: ofLabels } = await chooseLabels(asked, network.graph, checkpoint, followed.column);
  return {
    network: followed.network,
    checkpoint,
    ...(labels && { labels }),
    diagnostics: [...diagnostics, ...followed.diagnostics, ...ofLabels],
    close,
  };
}

/** Opens weights by a path, or by a name on the hub, from which they are fetched where the cache lacks them. */
export async function openNamed(path: string, io: Io, key?: string): Promise<OpenedCheckpoint> {
  const progress = createProgress(path, io, 'fetching');
  try {
    return await openCheckpoint(path, io.cwd, key, progress.update);
  } finally {
    progress.clear();
  }
}

/** Weights by a path as it is, or by a name on the hub as the address for good of what is fetched. */
export async function pinnedWeights(path: string, io: Io): Promise<string> {
  const name = hubNameOf(path, io.cwd);
  if (!name) return path;
  const progress = createProgress(path, io, 'fetching');
  try {
    return hubAddress((await fetchPublished(name, path, progress.update)).pinned);
  } finally {
    progress.clear();
  }
}
