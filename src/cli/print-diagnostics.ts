import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import { type Arguments, flag } from './arguments.ts';
import type { Io } from './io.ts';
import { usesColor } from './style.ts';

/** Prints diagnostics for people on standard error; only errors where the command is to be quiet. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], args: Arguments, io: Io): void {
  const shown = flag(args, 'quiet') ? diagnostics.filter((d) => d.severity === 'error') : diagnostics;
  if (shown.length === 0) return;
  const { columns } = io.stderr;
  io.stderr.write(
    renderDiagnostics(shown, {
      color: usesColor(args, io, io.stderr),
      ...(columns !== undefined && { width: columns }),
    }),
  );
}

/** Prints an answer for machines on standard output. */
export function printJson(value: unknown, io: Io): void {
  io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
