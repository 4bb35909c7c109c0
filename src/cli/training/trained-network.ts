import { buildTrainingProgram } from '../../5-graph/training/build-training-program.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import type { TrainedNetwork } from '../../train/loop/task.ts';
import { trainingOptions } from '../../train/loop/training-options.ts';
import type { NetworkRequest } from '../../train/run/run-config.ts';
import type { ResolvedSettings } from '../../train/settings.ts';
import type { Arguments } from '../arguments.ts';
import { compileSpec, type Network } from '../build-network.ts';
import { Exit, exitCodes, type Io } from '../io.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import type { Spec } from '../spec.ts';

/** A spec at one point of its family. What there is to say is printed; an error ends the command. */
export function compileNetwork(spec: Spec, request: NetworkRequest, args: Arguments, io: Io): Network {
  const compilation = compileSpec(spec, request);
  printDiagnostics(compilation.diagnostics, args, io);
  const { graph, point, diagnostics } = compilation;
  if (graph && point && !hasErrors(diagnostics)) return { ...compilation, graph, point };
  throw new Exit(exitCodes.diagnostics, `'${spec.source.name}' does not compile`);
}

/** A network with its training program. @throws RunError for parts that the settings name and the network lacks. */
export function trainedNetwork(
  { graph }: Pick<Network, 'graph'>,
  settings: ResolvedSettings,
  args: Arguments,
  io: Io,
): TrainedNetwork {
  const options = trainingOptions(graph, settings);
  const { training, diagnostics } = buildTrainingProgram(graph, options);
  printDiagnostics(diagnostics, args, io);
  if (training && !hasErrors(diagnostics)) return { graph, training };
  throw new Exit(exitCodes.diagnostics, `'${graph.name}' cannot be trained`);
}
