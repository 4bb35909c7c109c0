import { resolve } from 'node:path';
import type { Graph } from '../../5-graph/graph.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { followWeights } from '../../follow-weights.ts';
import { hubAddress, hubNameOf } from '../../node/hub/hub-name.ts';
import { openCheckpoint } from '../../node/open-checkpoint.ts';
import type { Spec } from '../../node/open-spec.ts';
import { chooseWeights } from '../../weights/choose-weights.ts';
import { statedRanges, type TrainedRanges } from '../../weights/range-facts.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { NetworkRequest, StartWeights } from '../run/run-config.ts';
import { RunError } from '../run-error.ts';
import type { TellDiagnostics } from './compile-network.ts';

/** The weights that a network starts from: a checkpoint in any format that `enetc` reads. */
export interface WeightsOptions {
  readonly file: string;
  /** Which of the dictionaries of tensors in the file: `state_dict_ema`; averages are taken where it is left out. */
  readonly key?: string | undefined;
  /** The column of the weight map that the names belong to; determined by default. */
  readonly map?: string | undefined;
  /** Tensors that may be missing, as patterns: `head.*`. */
  readonly allowMissing?: readonly string[] | undefined;
}

export interface OpenedWeights {
  readonly source: WeightSource;
  /** From training with rounded values. */
  readonly ranges?: TrainedRanges;
  close(): void;
}

/** The weights that options state. @param implied tensors that may be missing in addition to those of the options. */
export function startWeights(
  weights: string | WeightsOptions | undefined,
  cwd: string,
  implied: readonly string[] = [],
): StartWeights | undefined {
  if (weights === undefined) return undefined;
  const given: WeightsOptions = typeof weights === 'string' ? { file: weights } : weights;
  const { file, key, map, allowMissing = [] } = given;
  const hubName = hubNameOf(file, cwd);
  return {
    file: hubName ? hubAddress(hubName) : resolve(cwd, file),
    ...(key !== undefined && { key }),
    ...(map !== undefined && { map }),
    allowMissing: [...allowMissing, ...implied],
  };
}

/** A network as its initial weights require it: see `followWeights`. */
export async function followStartWeights(
  spec: Spec,
  network: Network,
  request: NetworkRequest,
  weights: StartWeights | undefined,
  tell: TellDiagnostics,
): Promise<{ readonly network: Network; readonly request: NetworkRequest }> {
  const opened = weights && (await openCheckpoint(weights.file, '/', weights.key));
  try {
    if (!opened?.checkpoint) return { network, request };
    const followed = followWeights(spec, network, request, opened.checkpoint, weights?.map);
    tell(followed.diagnostics);
    return followed;
  } finally {
    opened?.close();
  }
}

/**
 * The weights that a network starts from: a file's, or seeded ones.
 * @param trained the network as it trains, if it is to be evaluated
 * @throws RunError if the file does not fit, FileError if it cannot be read.
 */
export async function openStartWeights(
  { program, graph }: Network,
  weights: StartWeights | undefined,
  seed: number,
  convention: NetworkRequest['convention'],
  tell: TellDiagnostics,
  trained: Graph = graph,
): Promise<OpenedWeights> {
  const opened = weights && (await openCheckpoint(weights.file, '/', weights.key));
  const readable = !opened || opened.checkpoint !== undefined;
  const chosen = readable
    ? chooseWeights(program, graph, {
        seed,
        trained,
        ...(opened?.checkpoint && { checkpoint: opened.checkpoint }),
        ...(weights?.map !== undefined && { map: weights.map }),
        ...(convention && { convention }),
        allowMissing: weights?.allowMissing ?? [],
      })
    : undefined;
  const diagnostics = [...(opened?.diagnostics ?? []), ...(chosen?.diagnostics ?? [])];
  if (!chosen?.source || hasErrors(diagnostics)) {
    opened?.close();
    throw new RunError(`the weights of '${weights?.file}' cannot be used`, { setting: 'weights', diagnostics });
  }
  tell(diagnostics);
  const ranges = opened?.checkpoint && statedRanges(opened.checkpoint.metadata);
  return { source: chosen.source, ...(ranges && { ranges }), close: () => opened?.close() };
}
