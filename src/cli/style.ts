import type { Paint } from '../report/text-table.ts';
import { flag } from './arguments.ts';
import type { Arguments } from './command.ts';
import type { Io, OutputStream } from './io.ts';

/**
 * Whether to colour a stream. In order: the options, FORCE_COLOR (0 is no), NO_COLOR (https://no-color.org),
 * a dumb terminal; else whether it is a terminal.
 */
export function usesColor(args: Arguments | undefined, io: Io, stream: OutputStream): boolean {
  if (args && flag(args, 'no-color')) return false;
  if (args && flag(args, 'color')) return true;
  const { FORCE_COLOR, NO_COLOR, TERM } = io.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (TERM === 'dumb') return false;
  return stream.isTTY;
}

/** How reports on standard output mark their text. */
export function paintFor(args: Arguments, io: Io): Paint {
  return usesColor(args, io, io.stdout) ? colored : plainPaint;
}

const same = (text: string) => text;
const ansi = (code: string) => (text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`);
const plainPaint: Paint = { bold: same, dim: same, good: same, bad: same };
const colored: Paint = { bold: ansi('1'), dim: ansi('2'), good: ansi('32'), bad: ansi('31') };
