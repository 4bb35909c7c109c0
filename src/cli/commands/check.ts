import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { checkSource } from '../../check-source.ts';
import { encodingDiagnostics } from '../../compile-spec.ts';
import { applyFixes } from '../../diagnostics/apply-fixes.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { type SpecFile, tryOpenSpec } from '../../node/open-spec.ts';
import { flag, number } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { findSpecs } from '../find-files.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { unreadableDiagnostic } from '../reading-diagnostics.ts';
import { openSpec, textOf } from '../spec.ts';

/** A fix may make room for another; this number of rounds is enough for all that a file can have. */
const mostRounds = 10;

const onlyStdin = { specs: [{ path: '-', outside: false }], unreadable: [] };

/** `enetc check [path]...` */
export const checkCommand: RunCommand = async (args, io) => {
  const fix = flag(args, 'fix');
  const stdin = args.operands.includes('-');
  if (stdin && (fix || args.operands.length > 1))
    throw usageError('standard input is checked by itself and without --fix', 'check');
  const { specs, unreadable } = stdin ? onlyStdin : findSpecs(args.operands, io.cwd);
  const paths = specs.map(({ path }) => path);
  let fixed = 0;
  const found: Diagnostic[] = unreadable.map(unreadableDiagnostic);
  for (const { path, outside } of specs) {
    const spec = stdin ? await openSpec('-', io, 'check') : tryOpenSpec(path, io.cwd);
    if ('reason' in spec) {
      found.push(unreadableDiagnostic(spec));
      continue;
    }
    const result = fix && !outside ? fixSpec(spec, path, args, io) : { diagnostics: checkSpec(spec, args), fixed: 0 };
    for (const diagnostic of result.diagnostics) found.push(diagnostic);
    fixed += result.fixed;
    await setImmediate();
  }
  const diagnostics = withoutRepeats(found);
  const failed = hasErrors(diagnostics) || tooManyWarnings(diagnostics, number(args, 'max-warnings'));
  if (flag(args, 'json')) {
    printJson({ files: paths.length, fixed, diagnostics: diagnostics.map(diagnosticToJson) }, io);
  } else {
    printDiagnostics(diagnostics, args, io);
    if (!flag(args, 'quiet')) io.stdout.write(`${conclusion(paths, diagnostics, fixed)}\n`);
  }
  return failed ? exitCodes.diagnostics : exitCodes.ok;
};

function checkSpec(spec: SpecFile, args: Arguments): readonly Diagnostic[] {
  const variants = flag(args, 'all-variants') ? 'all' : 'structures';
  return [...encodingDiagnostics(spec), ...checkSource(spec.source, spec.host, { variants }).diagnostics];
}

function fixSpec(
  spec: SpecFile,
  path: string,
  args: Arguments,
  io: Io,
): { diagnostics: readonly Diagnostic[]; fixed: number } {
  let current = spec;
  let fixed = 0;
  for (let round = 0; round < mostRounds; round++) {
    const diagnostics = checkSpec(current, args);
    // Bytes that were no UTF-8 would be lost by writing the text.
    const fixes = spec.valid ? diagnostics.flatMap((d) => d.fixes ?? []) : [];
    const { text, applied } = applyFixes(current.source, fixes);
    if (applied.length === 0 || text === current.source.text) return { diagnostics, fixed };
    writeTextFile(resolve(io.cwd, path), path, textOf(spec, text));
    fixed += applied.length;
    current = { ...current, source: { ...current.source, text } };
  }
  return { diagnostics: checkSpec(current, args), fixed };
}

/** Two specs that import a third both report what is wrong in it. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, span, message }) => {
    const key = JSON.stringify([code, span?.source.name, span?.start, span?.end, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function tooManyWarnings(diagnostics: readonly Diagnostic[], most: number | undefined): boolean {
  return most !== undefined && diagnostics.filter((d) => d.severity === 'warning').length > most;
}

function conclusion(paths: readonly string[], diagnostics: readonly Diagnostic[], fixed: number): string {
  const files =
    paths.length === 1 ? (paths[0] === '-' ? 'standard input' : safeText(paths[0] as string)) : `${paths.length} files`;
  const applied = fixed > 0 ? `, ${fixed} ${nounFor(fixed, 'fix', 'fixes')} applied` : '';
  const fixable = diagnostics.filter((d) => d.fixes?.some((f) => f.safe)).length;
  const hint = fixable > 0 ? `; --fix would fix ${fixable}` : '';
  return `${files} checked${applied}: ${diagnostics.length === 0 ? 'nothing to report' : 'see above'}${hint}`;
}
