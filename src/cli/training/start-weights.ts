import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { openCheckpoint } from '../../node/open-checkpoint.ts';
import type { NetworkRequest, StartWeights } from '../../train/run/run-config.ts';
import { chooseWeights } from '../../weights/choose-weights.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { Arguments } from '../arguments.ts';
import type { Network } from '../build-network.ts';
import { askedConvention } from '../convention-option.ts';
import { followWeights } from '../follow-weights.ts';
import { Exit, exitCodes, type Io } from '../io.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import type { Spec } from '../spec.ts';

export interface OpenedWeights {
  readonly source: WeightSource;
  close(): void;
}

/** A network as the weights need it that it starts from: see `followWeights`. What there is to say is printed. */
export function followStartWeights<Request extends NetworkRequest>(
  spec: Spec,
  network: Network,
  request: Request,
  weights: StartWeights | undefined,
  args: Arguments,
  io: Io,
): { readonly network: Network; readonly request: Request } {
  const opened = weights && openCheckpoint(weights.file, io.cwd);
  try {
    if (!opened?.checkpoint) return { network, request };
    const followed = followWeights(spec, network, request, opened.checkpoint, weights?.map);
    printDiagnostics(followed.diagnostics, args, io);
    return followed;
  } finally {
    opened?.close();
  }
}

/**
 * The weights that a network starts from: a file's, or seeded ones. What there is to say of the file is printed; where it
 * does not fit, the command ends.
 */
export function openStartWeights(
  { program, graph }: Network,
  weights: StartWeights | undefined,
  seed: number,
  args: Arguments,
  io: Io,
): OpenedWeights {
  const { convention } = askedConvention(args);
  const opened = weights && openCheckpoint(weights.file, io.cwd);
  const chosen =
    opened && !opened.checkpoint
      ? undefined
      : chooseWeights(program, graph, {
          seed,
          ...(opened?.checkpoint && { checkpoint: opened.checkpoint }),
          ...(weights?.map !== undefined && { map: weights.map }),
          ...(convention && { convention }),
          allowMissing: weights?.allowMissing ?? [],
        });
  const diagnostics = [...(opened?.diagnostics ?? []), ...(chosen?.diagnostics ?? [])];
  printDiagnostics(diagnostics, args, io);
  if (!chosen?.source || hasErrors(diagnostics)) {
    opened?.close();
    throw new Exit(exitCodes.diagnostics, `the weights of '${weights?.file}' cannot be used`);
  }
  return { source: chosen.source, close: () => opened?.close() };
}
