import type { DeclaredModel } from '../../2-resolve/program.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import type { BuiltPoint } from '../../search/costs.ts';
import { type FitOptions, fitFamily } from '../../search/fit/fit.ts';
import { fitText } from '../../search/fit/fit-text.ts';
import type { LineName } from '../../search/fit/line-names.ts';
import { flag, text } from '../arguments.ts';
import { budgetsOf } from '../budgets.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { compileLine, fitJson, fitOptionsOf } from '../fit-answer.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { printAnswer, printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';

/** `enetc fit [spec]` */
export const fitCommand: RunCommand = async (args, io) => {
  const budgets = budgetsOf(args);
  if (flag(args, 'latency')) return (await import('../engines.ts')).fitLatencyCommand(args, io);
  const measured = ['threads', 'batch', 'seconds'].find((name) => flag(args, name));
  if (measured !== undefined) throw usageError(`--${measured} is for --latency, which is measured`, 'fit');
  if (Object.keys(budgets).length === 0) {
    throw usageError(
      'fit needs a budget: --macs 400M, --params 5M, --activations 10M, --memory 8MB, --file 16MB or --latency 20ms',
      'fit',
    );
  }
  const opened = await openFamily(args, io);
  if (!opened) return exitCodes.diagnostics;
  const { fit: found, diagnostics } = fitFamily(opened.model, budgets, opened.options);
  if (!found) {
    printDiagnostics(diagnostics, args, io);
    if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
    return exitCodes.diagnostics;
  }
  printAnswer(args, io, { ...fitJson(found, budgets), options: fitOptionsOf(found, args) }, (paint) => {
    return `${fitText(found, budgets, paint)}${compileLine(found, args)}\n`;
  });
  return exitCodes.ok;
};

/** The family that a command line names, and how it is to grow; undefined where there are errors, which are printed. */
export async function openFamily(args: Arguments, io: Io) {
  const opened = buildNetwork(await openSpec(args.operands[0], io, 'fit'), args, io);
  if (!opened) return undefined;
  const { program, model } = opened.network;
  const along = text(args, 'along') as LineName | undefined;
  const options: FitOptions = {
    request: opened.request,
    fill: flag(args, 'fill'),
    ...(along && { along }),
    ...(budgetsOf(args).file !== undefined && { fileBytes: await fileSize(program) }),
  };
  return { ...opened, model: model as DeclaredModel, options };
}

/** The writer of files is loaded where a file's size is a budget. */
async function fileSize(program: Parameters<typeof import('../../search/fit/file-bytes.ts').fileBytes>[0]) {
  const { fileBytes } = await import('../../search/fit/file-bytes.ts');
  return (network: BuiltPoint) => fileBytes(program, network);
}
