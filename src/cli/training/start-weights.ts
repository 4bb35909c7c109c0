import { hasErrors } from '../../diagnostics/diagnostic.ts';
import type { StartWeights } from '../../train/run/run-config.ts';
import { chooseWeights } from '../../weights/choose-weights.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import type { Arguments } from '../arguments.ts';
import type { Network } from '../build-network.ts';
import { Exit, exitCodes, type Io } from '../io.ts';
import { openCheckpoint } from '../open-checkpoint.ts';
import { printDiagnostics } from '../print-diagnostics.ts';

export interface OpenedWeights {
  readonly source: WeightSource;
  close(): void;
}

/**
 * The weights that a network starts from: a file's, or seeded ones. What there is to say of the file is printed; where it
 * does not fit, the command ends.
 */
export function openStartWeights(
  { program, model, graph }: Network,
  weights: StartWeights | undefined,
  seed: number,
  args: Arguments,
  io: Io,
): OpenedWeights {
  const opened = weights && openCheckpoint(weights.file, io);
  const chosen =
    opened && !opened.checkpoint
      ? undefined
      : model &&
        chooseWeights(program, model, graph, {
          seed,
          ...(opened?.checkpoint && { checkpoint: opened.checkpoint }),
          ...(weights?.map !== undefined && { map: weights.map }),
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
