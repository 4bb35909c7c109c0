import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { format } from '../../1-parse/format.ts';
import { encodingDiagnostics } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { tryOpenSpec } from '../../node/open-spec.ts';
import { flag } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { type FoundSpec, findSpecs } from '../find-files.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { unreadableDiagnostic } from '../reading-diagnostics.ts';
import { openSpec, textOf } from '../spec.ts';

/** `enetc fmt [path]...` */
export const fmtCommand: RunCommand = async (args, io) => {
  if (args.operands.includes('-')) return formatStdin(args, io);
  const check = flag(args, 'check');
  const { specs, unreadable } = findSpecs(args.operands, io.cwd);
  const paths = specs.filter(({ outside }) => !outside).map(({ path }) => path);
  const changed: string[] = [];
  const found = unreadable.map(unreadableDiagnostic);
  for (const path of paths) {
    const spec = tryOpenSpec(path, io.cwd);
    if ('reason' in spec) {
      found.push(unreadableDiagnostic(spec));
      continue;
    }
    const { text, diagnostics } = format(spec.source);
    const all = [...encodingDiagnostics(spec), ...diagnostics];
    for (const diagnostic of all) found.push(diagnostic);
    await setImmediate();
    // A text that cannot be read whole is left as it is.
    if (hasErrors(all) || text === spec.source.text) continue;
    changed.push(path);
    if (!check) writeTextFile(resolve(io.cwd, path), path, textOf(spec, text));
  }
  if (flag(args, 'json')) {
    printJson({ files: paths.length, changed, diagnostics: found.map(diagnosticToJson) }, io);
  } else {
    printDiagnostics(found, args, io);
    if (!flag(args, 'quiet')) report(specs, changed, check, io);
  }
  return hasErrors(found) || (check && changed.length > 0) ? exitCodes.diagnostics : exitCodes.ok;
};

async function formatStdin(args: Arguments, io: Io): Promise<number> {
  if (args.operands.length > 1) throw usageError('standard input is formatted by itself', 'fmt');
  const spec = await openSpec('-', io, 'fmt');
  const { text, diagnostics } = format(spec.source);
  const all = [...encodingDiagnostics(spec), ...diagnostics];
  printDiagnostics(all, args, io);
  if (hasErrors(all)) return exitCodes.diagnostics;
  if (flag(args, 'check')) return text === spec.source.text ? exitCodes.ok : exitCodes.diagnostics;
  io.stdout.write(textOf(spec, text));
  return exitCodes.ok;
}

function report(specs: readonly FoundSpec[], changed: readonly string[], check: boolean, io: Io): void {
  for (const path of changed) io.stdout.write(`${check ? 'would change' : 'formatted'} ${safeText(path)}\n`);
  for (const { path, outside } of specs) {
    if (outside) io.stdout.write(`skipped ${safeText(path)}: it is a link out of the folder\n`);
  }
  const rest = specs.length - changed.length;
  if (changed.length === 0) io.stdout.write(`${rest} ${nounFor(rest, 'file')} unchanged\n`);
}
