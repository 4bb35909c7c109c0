import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import type { Paint } from '../report/text-table.ts';
import { flag } from './arguments.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import { paintFor, usesColor } from './style.ts';

/** Prints diagnostics for people on standard error; only errors where the command is to be quiet. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], args: Arguments, io: Io): void {
  const shown = flag(args, 'quiet') ? diagnostics.filter((d) => d.severity === 'error') : diagnostics;
  if (shown.length === 0) return;
  const { columns: width } = io.stderr;
  const color = usesColor(args, io, io.stderr);
  io.stderr.write(renderDiagnostics(shown, { color, ...(width !== undefined && { width }) }));
}

/** Prints an answer on standard output: as JSON where the command is asked for that, else as text for people. */
export function printAnswer(args: Arguments, io: Io, value: unknown, text: (paint: Paint) => string): void {
  if (flag(args, 'json')) printJson(value, io);
  else io.stdout.write(text(paintFor(args, io)));
}

/** Prints an answer for machines on standard output. */
export function printJson(value: unknown, io: Io): void {
  io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
