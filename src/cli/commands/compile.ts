import { resolve } from 'node:path';
import { totalCost } from '../../5-graph/cost.ts';
import { emit } from '../../6-emit/emit.ts';
import type { OnnxOptions } from '../../6-emit/onnx/options.ts';
import { onnxTarget } from '../../6-emit/onnx/target.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { formatBytes, formatCount } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import { summarizePoint } from '../../report/summary.ts';
import { type Arguments, flag, list, number, text } from '../arguments.ts';
import { buildNetwork, type Network } from '../build-network.ts';
import type { RunCommand } from '../commands.ts';
import { interruptible } from '../interruptible.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { openCheckpoint } from '../open-checkpoint.ts';
import { createOutputFiles } from '../output-files.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { createProgress } from '../progress.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec, type Spec } from '../spec.ts';

/** `enetc compile [spec]` */
export const compileCommand: RunCommand = async (args, io) => {
  if (!flag(args, 'weights')) {
    for (const name of ['weights-map', 'allow-missing']) {
      if (flag(args, name)) throw usageError(`--${name} needs --weights`, 'compile');
    }
  }
  const spec = await openSpec(args.operands[0], io, 'compile');
  const network = buildNetwork(spec, scalingRequest(args, spec), args, io);
  if (!network) return exitCodes.diagnostics;
  return writeNetwork(network, outputName(args, spec, network), args, io);
};

function writeNetwork(network: Network, name: string, args: Arguments, io: Io): number {
  const weights = text(args, 'weights');
  const opened = weights === undefined ? undefined : openCheckpoint(weights, io);
  if (opened && !opened.checkpoint) {
    opened.close();
    return refuse(network, opened.diagnostics, args, io);
  }
  const files = createOutputFiles(resolve(io.cwd, name), name);
  const progress = createProgress(name, io);
  try {
    const seed = number(args, 'seed');
    const map = text(args, 'weights-map');
    const { diagnostics, bytes } = interruptible(() =>
      emit(network, onnxTarget, onnxOptions(args), files.open, {
        fold: !flag(args, 'no-fold'),
        allowMissing: list(args, 'allow-missing'),
        ...(seed !== undefined && { seed }),
        ...(map !== undefined && { map }),
        ...(opened?.checkpoint && { checkpoint: opened.checkpoint }),
        progress: progress.update,
      }),
    );
    progress.clear();
    const all = [...(opened?.diagnostics ?? []), ...diagnostics];
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
    const facts = [formatBytes(bytes), `${formatCount(params)} parameters`, `${formatCount(macs)} MACs`];
    io.stdout.write(`${file}  ${[...facts, describePoint(network.point)].join(' · ')}\n`);
  }
}

/** `efficientnet-b5.onnx`: the spec, then the variant or phi. */
function outputName(args: Arguments, spec: Spec, { point }: Network): string {
  const given = text(args, 'output');
  if (given !== undefined) return given;
  const label = spec.label ?? point.model.toLowerCase();
  const suffix = point.variant ?? (point.phi === undefined ? undefined : `phi${point.phi}`);
  return `${suffix === undefined ? label : `${label}-${suffix}`}.onnx`;
}

function onnxOptions(args: Arguments): Partial<OnnxOptions> {
  const batch = text(args, 'batch');
  const opset = number(args, 'opset');
  return {
    ...(batch !== undefined && { batch: batch === 'dynamic' ? batch : Number(batch) }),
    ...(opset !== undefined && { opset }),
    ...(flag(args, 'half') && { half: true }),
    ...(flag(args, 'external-data') && { externalData: true }),
    ...(flag(args, 'portable') && { portable: true }),
  };
}
