import { withoutAuxiliary } from '../../5-graph/passes/remove-unreached.ts';
import type { Network } from '../../compile-spec.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import type { OpenedCheckpoint } from '../../node/open-checkpoint.ts';
import { formatBytes } from '../../report/format-number.ts';
import { type ChosenWeights, chooseWeights, type WeightsRequest } from '../../weights/choose-weights.ts';
import { namesLike, ownNames, writeExported } from '../../weights/export-names.ts';
import { flag, text } from '../arguments.ts';
import { openNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { openNamed } from '../open-weights.ts';
import { createOutputFiles } from '../output-files.ts';
import { safetensorsFile } from '../own-outputs.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { outputOf, refuseFile } from '../refuse-overwriting.ts';
import { refuseSize, weightBytes } from '../refuse-size.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';

/** `enetc weights [spec]` */
export const weightsCommand: RunCommand = async (args, io) => {
  const name = text(args, 'output');
  if (name === undefined) throw usageError('weights needs --output FILE', 'weights');
  requireWeights(args);
  const built = await openNetwork(args, io);
  if (!built) return exitCodes.diagnostics;
  const opened: OpenedCheckpoint[] = [];
  const open = async (option: string, key?: string) => {
    const path = text(args, option);
    if (path === undefined) return undefined;
    opened.push(await openNamed(path, io, key));
    return opened.at(-1);
  };
  try {
    return convert(built.network, name, await open('weights', text(args, 'weights-key')), await open('like'), args, io);
  } finally {
    for (const { close } of opened) close();
  }
};

function convert(
  network: Network,
  name: string,
  from: OpenedCheckpoint | undefined,
  like: OpenedCheckpoint | undefined,
  args: Arguments,
  io: Io,
): number {
  const { program } = network;
  const reported: Diagnostic[] = [...(from?.diagnostics ?? []), ...(like?.diagnostics ?? [])];
  const end = (code: number, facts: object = {}) => {
    printDiagnostics(reported, args, io);
    const diagnostics = [...network.diagnostics, ...reported].map(diagnosticToJson);
    if (flag(args, 'json')) printJson({ ...facts, diagnostics }, io);
    return code;
  };
  if (hasErrors(reported)) return end(exitCodes.diagnostics);
  const { graph, source, origin, diagnostics } = chooseConverted(network, {
    ...weightsRequest(args, from?.checkpoint),
    converts: true,
  });
  const named = like?.checkpoint
    ? namesLike(program, graph, like.checkpoint)
    : { tensors: ownNames(graph), diagnostics: [] };
  reported.push(...diagnostics, ...named.diagnostics);
  const { tensors } = named;
  if (!source || !tensors || hasErrors(reported)) return end(exitCodes.diagnostics);

  const output = outputOf(name, program, args, io);
  refuseFile(output, safetensorsFile);
  refuseSize(output, weightBytes(graph));
  const files = createOutputFiles(output.path, name);
  try {
    const { sink } = files.open('');
    const bytes = writeExported(sink, tensors, source, { format: 'pt', producer: 'enetc' });
    files.commit();
    if (!flag(args, 'json') && !flag(args, 'quiet')) {
      const names = like ? `the names of ${safeText(text(args, 'like') ?? '')}` : "the model's own names";
      const count = `${tensors.length} ${nounFor(tensors.length, 'tensor')}`;
      const facts = [formatBytes(bytes), count, names, `from ${safeText(origin)}`];
      io.stdout.write(`${safeText(name)}  ${facts.join(' · ')}\n`);
    }
    return end(exitCodes.ok, { file: name, bytes, tensors: tensors.length, origin });
  } finally {
    files.discard();
  }
}

/** The weights of a network as it trains; as it is evaluated where a checkpoint has only that. */
function chooseConverted(
  { program, graph }: Network,
  request: WeightsRequest,
): ChosenWeights & { readonly graph: Network['graph'] } {
  const whole = chooseWeights(program, graph, request);
  if (whole.source || graph.auxiliary.length === 0) return { graph, ...whole };
  const evaluated = withoutAuxiliary(graph);
  const rest = chooseWeights(program, evaluated, { ...request, trained: graph });
  return rest.source ? { graph: evaluated, ...rest } : { graph, ...whole };
}
