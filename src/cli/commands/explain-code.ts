import { type Code, catalog } from '../../diagnostics/catalog.ts';
import { type Arguments, flag } from '../arguments.ts';
import { exitCodes, type Io } from '../io.ts';
import { printJson } from '../print-diagnostics.ts';
import { paintFor } from '../style.ts';

/** Says what a diagnostic means. */
export function explainCode(code: Code, args: Arguments, io: Io): number {
  const { severity, explanation } = catalog[code];
  if (flag(args, 'json')) printJson({ code, severity, explanation }, io);
  else io.stdout.write(`${paintFor(args, io).bold(`${severity}[${code}]`)}\n\n${explanation}\n`);
  return exitCodes.ok;
}
