import type { Graph } from '../../5-graph/graph.ts';
import { buildTrainingProgram } from '../../5-graph/training/build-training-program.ts';
import { compileSpec, isWhole, type Network } from '../../compile-spec.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import type { Spec } from '../../node/open-spec.ts';
import type { Report } from '../events.ts';
import type { NetworkStage, TrainedNetwork } from '../loop/task.ts';
import { trainingOptions } from '../loop/training-options.ts';
import { parseProgression, sizeOfEpoch } from '../progressive.ts';
import type { NetworkRequest, RunConfig } from '../run/run-config.ts';
import { RunError } from '../run-error.ts';
import type { ResolvedSettings } from '../settings.ts';

/** Passes warnings on. */
export type TellDiagnostics = (diagnostics: readonly Diagnostic[]) => void;

/** Reports each warning once, however often the network is built. */
export function tellOnce(report: Report | undefined): TellDiagnostics {
  const reported = new Set<string>();
  return (diagnostics) => {
    const fresh = diagnostics.filter(({ code, message, span }) => {
      const key = `${code} ${span?.source.name} ${span?.start} ${message}`;
      return !reported.has(key) && reported.add(key);
    });
    if (fresh.length > 0) report?.({ kind: 'diagnostics', diagnostics: fresh });
  };
}

/** A spec at one point of its family. @throws RunError if it has an error. */
export function compileNetwork(spec: Spec, request: NetworkRequest, tell: TellDiagnostics): Network {
  const compilation = compileSpec(spec, request);
  const { diagnostics } = compilation;
  if (!isWhole(compilation)) {
    throw new RunError(`'${spec.source.name}' does not compile`, { setting: 'spec', diagnostics });
  }
  tell(diagnostics);
  return compilation;
}

/** The networks for the sizes of a run's images before the last. */
export function otherSizes(
  spec: Spec,
  { network, settings: { progressive, epochs } }: Pick<RunConfig, 'network' | 'settings'>,
  tell: TellDiagnostics,
): readonly Graph[] {
  if (progressive === undefined) return [];
  const progression = parseProgression(progressive);
  const sizes = Array.from({ length: epochs }, (_, epoch) => sizeOfEpoch(progression, epoch, epochs));
  const others = [...new Set(sizes)].filter((size) => size !== progression.to);
  return others.map((resolution) => compileNetwork(spec, { ...network, resolution }, tell).graph);
}

/** A network with its training program. @throws RunError also for parts that the settings name and the network lacks. */
export function trainedNetwork(
  { graph }: Pick<Network, 'graph'>,
  settings: ResolvedSettings,
  stage: Pick<NetworkStage, 'keepStatistics'>,
  tell: TellDiagnostics,
): TrainedNetwork {
  const { training, diagnostics } = buildTrainingProgram(graph, trainingOptions(graph, settings, stage));
  if (!training || hasErrors(diagnostics)) throw new RunError(`'${graph.name}' cannot be trained`, { diagnostics });
  tell(diagnostics);
  return { graph, training };
}
