import type { DeclaredModel } from '../../2-resolve/program.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import type { Budgets, BuiltPoint } from '../../search/costs.ts';
import { type Fit, type FitOptions, type FittedPoint, fitFamily } from '../../search/fit/fit.ts';
import { fitText, pointOptions } from '../../search/fit/fit-text.ts';
import type { LineName } from '../../search/fit/line-names.ts';
import { flag, list, text } from '../arguments.ts';
import { budgetsOf } from '../budgets.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { printAnswer, printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';

/** `enetc fit [spec]` */
export const fitCommand: RunCommand = async (args, io) => {
  const budgets = budgetsOf(args);
  if (Object.keys(budgets).length === 0) {
    throw usageError(
      'fit needs a budget: --macs 400M, --params 5M, --activations 10M, --memory 8MB or --file 16MB',
      'fit',
    );
  }
  const opened = buildNetwork(await openSpec(args.operands[0], io, 'fit'), args, io);
  if (!opened) return exitCodes.diagnostics;
  const { program, model } = opened.network;
  const along = text(args, 'along') as LineName | undefined;
  const options: FitOptions = {
    request: opened.request,
    fill: flag(args, 'fill'),
    ...(along && { along }),
    ...(budgets.file !== undefined && { fileBytes: await fileSize(program) }),
  };
  const { fit: found, diagnostics } = fitFamily(model as DeclaredModel, budgets, options);
  if (!found) {
    printDiagnostics(diagnostics, args, io);
    if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
    return exitCodes.diagnostics;
  }
  const line = ['enetc', 'compile', ...args.operands, ...optionsOf(found, args)];
  printAnswer(args, io, { ...fitJson(found, budgets), options: optionsOf(found, args) }, (paint) => {
    return `${fitText(found, budgets, paint)}${line.map(quoted).join(' ')}\n`;
  });
  return exitCodes.ok;
};

/** The options that build the network in any command: those of its point, and what was fixed. */
function optionsOf({ best }: Fit, args: Arguments): string[] {
  const fixed = ['set', 'convention', 'model'].flatMap((name) =>
    list(args, name).flatMap((value) => [`--${name}`, value]),
  );
  return [...pointOptions(best), ...fixed];
}

/** A word for a shell. */
function quoted(word: string): string {
  return /^[\w./@:=,+-]+$/.test(word) ? safeText(word) : `'${safeText(word).replaceAll("'", "'\\''")}'`;
}

/** The writer of files is loaded where a file's size is a budget. */
async function fileSize(program: Parameters<typeof import('../../search/fit/file-bytes.ts').fileBytes>[0]) {
  const { fileBytes } = await import('../../search/fit/file-bytes.ts');
  return (network: BuiltPoint) => fileBytes(program, network);
}

function fitJson({ best, next, published, ...rest }: Fit, budgets: Budgets) {
  return {
    ...rest,
    ...pointJson(best),
    budgets,
    ...(next && { next: { ...pointJson(next), exceeds: next.exceeds } }),
    ...(published && { published: pointJson(published) }),
  };
}

/** `phi` is null where no formula gives the network. */
function pointJson({ phi, variant, d, w, r, inputs, costs }: FittedPoint) {
  return { phi: phi ?? null, ...(variant !== undefined && { variant }), d, w, r, inputs, ...costs };
}
