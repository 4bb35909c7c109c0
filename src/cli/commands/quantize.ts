import { dirname, resolve } from 'node:path';
import type { Program } from '../../2-resolve/program.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { statOf } from '../../node/file-stat.ts';
import { adviceText } from '../../quantise/advise/advice-text.ts';
import { advise } from '../../quantise/advise/advise.ts';
import { summarize } from '../../report/summary.ts';
import { titleOf } from '../../report/summary-text.ts';
import { flag, text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { printAnswer, printDiagnostics, printJson } from '../print-diagnostics.ts';
import { openSpec, textOf } from '../spec.ts';

/** `enetc quantize --advise [spec]` */
export const quantizeCommand: RunCommand = async (args, io) => {
  if (!flag(args, 'advise')) {
    throw usageError("quantize needs --advise; 'enetc compile --int8' writes an int8 file", 'quantize');
  }
  const spec = await openSpec(args.operands[0], io, 'quantize');
  const target = targetOf(spec, args, io);
  const opened = buildNetwork(spec, args, io);
  if (!opened) return exitCodes.diagnostics;
  const { network, request } = opened;
  const { advice, diagnostics } = advise(spec.source, spec.host, request, network);
  if (!advice) {
    printDiagnostics(diagnostics, args, io);
    if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
    return exitCodes.diagnostics;
  }
  const changed = advice.text !== spec.source.text;
  const written = changed ? target : undefined;
  if (written) {
    refuseLostImports(network.program, spec.source.name, written, io);
    writeTextFile(written.path, written.shown, textOf(spec, advice.text));
  }
  const title = titleOf(summarize(network.graph, network.point));
  printAnswer(args, io, { title, ...advice, ...(written && { file: written.shown }) }, (paint) => {
    const last = written
      ? nextLines(spec.label, written.shown)
      : target
        ? 'no edit is known: no file is written\n'
        : '';
    return `${adviceText(title, advice, paint)}${last}`;
  });
  return exitCodes.ok;
};

/** Where the variant is to be written: a new file, or the spec's own. */
function targetOf(spec: Awaited<ReturnType<typeof openSpec>>, args: Arguments, io: Io) {
  const output = text(args, 'output');
  if (!flag(args, 'write')) {
    if (output === undefined) return undefined;
    if (!output.endsWith('.enet')) {
      throw usageError(`'${output}' is not the name of a spec, which ends with .enet`, 'quantize');
    }
    const path = resolve(io.cwd, output);
    if (statOf(path) && !flag(args, 'force')) throw failure(`'${output}' exists; --force overwrites it`);
    return { path, shown: output };
  }
  if (output !== undefined) throw usageError('--write and --output cannot be combined', 'quantize');
  const { name } = spec.source;
  if (spec.model !== undefined || name === '<stdin>') {
    throw usageError('--write needs a spec in a file of your own; --output writes a new one', 'quantize');
  }
  return { path: resolve(io.cwd, name), shown: name };
}

/** A new file in another folder would not find what the spec imports. */
function refuseLostImports(
  { entry }: Program,
  name: string,
  { path, shown }: { readonly path: string; readonly shown: string },
  io: Io,
): void {
  const lost = entry.ast.imports.find(({ from }) => !from.value.startsWith('std/'));
  if (!lost || dirname(path) === dirname(resolve(io.cwd, name))) return;
  throw usageError(
    `'${name}' imports '${lost.from.value}', which '${shown}' would not find: write it next to it`,
    'quantize',
  );
}

function nextLines(from: string | undefined, written: string): string {
  const other =
    from === undefined || `${from}.enet` === written ? '' : `\n  enetc diff ${safeText(from)} ${safeText(written)}`;
  return `wrote ${safeText(written)}${other === '' ? '' : `; next:${other}`}\n`;
}
