import { withoutAuxiliary } from '../../../5-graph/passes/remove-unreached.ts';
import type { Network } from '../../../compile-spec.ts';
import { type Diagnostic, hasErrors } from '../../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../../diagnostics/json.ts';
import { safeText } from '../../../diagnostics/text-width.ts';
import { followWeights } from '../../../follow-weights.ts';
import type { OpenedCheckpoint } from '../../../node/open-checkpoint.ts';
import type { Checkpoint } from '../../../weights/checkpoint.ts';
import { type ChosenWeights, chooseWeights, type WeightsRequest } from '../../../weights/choose-weights.ts';
import { derivedNames } from '../../../weights/derived-names.ts';
import { exportedValues, namesLike, ownNames } from '../../../weights/export-names.ts';
import { type MetadataFact, networkFacts } from '../../../weights/preprocessing-facts.ts';
import { flag, text } from '../../arguments.ts';
import type { OpenedNetwork } from '../../build-network.ts';
import type { Arguments } from '../../command.ts';
import { exitCodes, type Io, usageError } from '../../io.ts';
import { chooseLabels } from '../../labels.ts';
import { openNamed } from '../../open-weights.ts';
import { printDiagnostics, printJson } from '../../print-diagnostics.ts';
import { outputOf } from '../../refuse-overwriting.ts';
import { weightBytes } from '../../refuse-size.ts';
import { weightsRequest } from '../../weights-request.ts';
import { writeWeightsFile } from './write-weights-file.ts';

/** The options that say how weights are written. */
export const writingOptions = ['seed', 'names', 'like', 'output', 'force', 'quiet'] as const;

/** Writes the weights of a network, of a file or initialised, under the names that the options ask for. */
export async function writeNetworkWeights(
  opened: OpenedNetwork,
  from: OpenedCheckpoint | undefined,
  args: Arguments,
  io: Io,
): Promise<number> {
  const { network } = opened;
  const likePath = text(args, 'like');
  if (likePath !== undefined && flag(args, 'names'))
    throw usageError('--names and --like cannot be combined', 'weights');
  const like = likePath === undefined ? undefined : await openNamed(likePath, io);
  // of a file whose names alone count, it does not matter in what order its dense layers read a map
  const ofNames = like?.diagnostics.filter(({ code }) => code !== 'checkpoint-dense-order') ?? [];
  const reported: Diagnostic[] = [...(from?.diagnostics ?? []), ...ofNames];
  const end = (code: number, facts: object = {}) => {
    printDiagnostics(reported, args, io);
    const diagnostics = [...network.diagnostics, ...reported].map(diagnosticToJson);
    if (flag(args, 'json')) printJson({ ...facts, diagnostics }, io);
    return code;
  };
  try {
    if (hasErrors(reported)) return end(exitCodes.diagnostics);
    const request = { ...weightsRequest(args, opened, from?.checkpoint), converts: true };
    const { graph, source, origin, diagnostics } = chooseConverted(network, request);
    const named = namedTensors({ ...network, graph }, like, text(args, 'names'));
    reported.push(...diagnostics, ...named.diagnostics);
    const { tensors } = named;
    const belonging = await factsOf(opened, from?.checkpoint, args);
    reported.push(...belonging.diagnostics);
    if (!source || !tensors || hasErrors(reported)) return end(exitCodes.diagnostics);

    const name = text(args, 'output') as string;
    const output = outputOf(name, network.program, args, io);
    const read = exportedValues(source);
    const written = tensors.map((exported) => ({ ...exported, exported, read: () => read(exported) }));
    const names = likePath === undefined ? namesText(text(args, 'names')) : `the names of ${safeText(likePath)}`;
    const sizes = {
      graph,
      ...(like && { like }),
      bytes: weightBytes(graph),
      facts: [names, `from ${safeText(origin)}`],
      metadata: belonging.facts,
    };
    const bytes = await writeWeightsFile(output, written, sizes, args, io);
    return end(exitCodes.ok, { file: name, bytes, tensors: tensors.length, origin });
  } finally {
    like?.close();
  }
}

/** How the network's pictures are prepared and what its classes are called, as the file says whose weights these are. */
async function factsOf(
  { spec, network, request }: OpenedNetwork,
  checkpoint: Checkpoint | undefined,
  args: Arguments,
): Promise<{ readonly facts: readonly MetadataFact[]; readonly diagnostics: readonly Diagnostic[] }> {
  if (!checkpoint) return { facts: networkFacts(network.graph, undefined), diagnostics: [] };
  const { network: fed, column } = followWeights(spec, network, request, checkpoint, text(args, 'weights-map'));
  const { labels, diagnostics } = await chooseLabels(undefined, fed.graph, checkpoint, column);
  return { facts: networkFacts(fed.graph, labels), diagnostics };
}

function namesText(column: string | undefined): string {
  return column === undefined ? "the model's own names" : `the names of ${safeText(column)}`;
}

function namedTensors({ program, graph }: Network, like: OpenedCheckpoint | undefined, column: string | undefined) {
  if (like?.checkpoint) return namesLike(program, graph, like.checkpoint);
  if (column !== undefined) return derivedNames(program, graph, column);
  return { tensors: ownNames(graph), diagnostics: [] };
}

/** The weights of a network as it trains; as it is evaluated where a checkpoint has only that. */
export function chooseConverted(
  { program, graph }: Network,
  request: WeightsRequest,
): ChosenWeights & { readonly graph: Network['graph'] } {
  const whole = chooseWeights(program, graph, request);
  if (whole.source || graph.auxiliary.length === 0) return { graph, ...whole };
  const evaluated = withoutAuxiliary(graph);
  const rest = chooseWeights(program, evaluated, { trained: graph, ...request });
  return rest.source ? { graph: evaluated, ...rest } : { graph, ...whole };
}
