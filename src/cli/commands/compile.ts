import { resolve } from 'node:path';
import { totalCost } from '../../5-graph/cost.ts';
import { applyPasses } from '../../6-emit/emit.ts';
import type { CompileOptions } from '../../compile.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { openCheckpoint } from '../../node/open-checkpoint.ts';
import { formatBytes, formatCount } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import { summarizePoint } from '../../report/summary.ts';
import { type Arguments, flag, text } from '../arguments.ts';
import { buildNetwork, type Network } from '../build-network.ts';
import { type ChosenTarget, chooseTarget } from '../choose-target.ts';
import type { RunCommand } from '../commands.ts';
import { followWeights } from '../follow-weights.ts';
import { exitCodes, type Io } from '../io.ts';
import { createOutputFiles } from '../output-files.ts';
import { createOutputFolder } from '../output-folder.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { createProgress } from '../progress.ts';
import { outputOf, refuseFile, refuseFolder } from '../refuse-overwriting.ts';
import { refuseSize, weightBytes } from '../refuse-size.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec, type Spec } from '../spec.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';

/** `enetc compile [spec]` */
export const compileCommand: RunCommand = async (args, io) => {
  const target = await chooseTarget(args);
  requireWeights(args);
  const spec = await openSpec(args.operands[0], io, 'compile');
  const request = scalingRequest(args, spec);
  const network = buildNetwork(spec, request, args, io);
  if (!network) return exitCodes.diagnostics;
  const name = outputName(args, spec, network, target);
  const output = outputOf(name, network.program, args, io);
  const { output: written } = target.entry;
  if (written.kind === 'folder') refuseFolder(output);
  else refuseFile(output, written);
  refuseSize(output, weightBytes(applyPasses(network.graph, target.entry, target.passes)));
  return writeNetwork({ spec, network, request }, target, name, args, io);
};

interface Subject {
  readonly spec: Spec;
  readonly network: Network;
  readonly request: CompileOptions;
}

function writeNetwork(
  { spec, network: built, request }: Subject,
  target: ChosenTarget,
  name: string,
  args: Arguments,
  io: Io,
): number {
  const weights = text(args, 'weights');
  const opened = weights === undefined ? undefined : openCheckpoint(weights, io.cwd);
  if (opened && !opened.checkpoint) {
    opened.close();
    return refuse(built, opened.diagnostics, args, io);
  }
  const map = text(args, 'weights-map');
  const followed = opened?.checkpoint && followWeights(spec, built, request, opened.checkpoint, map);
  const network = followed?.network ?? built;
  const path = resolve(io.cwd, name);
  const folder = target.entry.output.kind === 'folder';
  const files = folder ? createOutputFolder(path, name, io.cwd) : createOutputFiles(path, name);
  const progress = createProgress(name, io);
  try {
    const { diagnostics, bytes } = target.emit(network, files.open, {
      ...weightsRequest(args, opened?.checkpoint),
      progress: progress.update,
    });
    progress.clear();
    const all = [...(opened?.diagnostics ?? []), ...(followed?.diagnostics ?? []), ...diagnostics];
    if (hasErrors(all)) return refuse(network, all, args, io);
    files.commit();
    printDiagnostics(all, args, io);
    report(network, name, bytes, all, args, io);
    return exitCodes.ok;
  } finally {
    progress.clear();
    files.discard();
    opened?.close();
  }
}

type Diagnostics = Network['diagnostics'];

function refuse(network: Network, diagnostics: Diagnostics, args: Arguments, io: Io): number {
  printDiagnostics(diagnostics, args, io);
  if (flag(args, 'json')) {
    printJson({ diagnostics: [...network.diagnostics, ...diagnostics].map(diagnosticToJson) }, io);
  }
  return exitCodes.diagnostics;
}

function report(
  network: Network,
  file: string,
  bytes: number,
  diagnostics: Diagnostics,
  args: Arguments,
  io: Io,
): void {
  const { params, macs } = totalCost(network.graph);
  if (flag(args, 'json')) {
    const { point } = network;
    printJson(
      {
        file,
        bytes,
        model: point.model,
        point: summarizePoint(point),
        ...(point.alternative && { alternative: point.alternative }),
        params,
        macs,
        diagnostics: [...network.diagnostics, ...diagnostics].map(diagnosticToJson),
      },
      io,
    );
  } else if (!flag(args, 'quiet')) {
    const facts = [
      formatBytes(bytes),
      `${formatCount(params)} ${nounFor(params, 'parameter')}`,
      `${formatCount(macs)} ${nounFor(macs, 'MAC')}`,
    ];
    io.stdout.write(`${safeText(file)}  ${[...facts, describePoint(network.point)].join(' · ')}\n`);
  }
}

/** `efficientnet-b5.onnx`, `efficientnet-b5/`: the spec, then the variant or phi. */
function outputName(args: Arguments, spec: Spec, { point }: Network, { entry }: ChosenTarget): string {
  const given = text(args, 'output');
  if (given !== undefined) return given;
  const label = spec.label ?? point.model.toLowerCase();
  const { kind, ending } = entry.output;
  const suffix = point.variant ?? (point.phi === undefined ? undefined : `phi${point.phi}`);
  return `${suffix === undefined ? label : `${label}-${suffix}`}${ending}${kind === 'folder' ? '/' : ''}`;
}
