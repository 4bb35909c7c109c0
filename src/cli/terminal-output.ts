import { safeOutput } from '../diagnostics/text-width.ts';
import type { Io, OutputStream } from './io.ts';
import { usesColor } from './style.ts';

/** Commands whose standard output is a text for a file or a program, byte for byte. */
const exact = new Set(['graph', 'completion', 'fmt']);

/** enetc's own sequences: colours, and the line of progress. */
const colors = /\x1b\[(?:0|1|2|3[0-7]|1;3[0-7])m/g;
const progress = /\r\x1b\[K/g;
const both = /\x1b\[(?:0|1|2|3[0-7]|1;3[0-7])m|\r\x1b\[K/g;
const nothing = /(?!)/g;

/**
 * The streams of a command, which write nothing that would drive a terminal but what enetc itself means by it: names of
 * files, classes and models come from anywhere. JSON and drawings are left as they are.
 */
export function terminalOutput(argv: readonly string[], io: Io): Io {
  const isData = argv.includes('--json') || exact.has(argv[0] ?? '');
  return { ...io, stdout: isData ? io.stdout : safe(argv, io, io.stdout), stderr: safe(argv, io, io.stderr) };
}

function safe(argv: readonly string[], io: Io, stream: OutputStream): OutputStream {
  const colored = !argv.includes('--no-color') && (argv.includes('--color') || usesColor(undefined, io, stream));
  const kept = colored ? (stream.isTTY ? both : colors) : stream.isTTY ? progress : nothing;
  return {
    write: (text) => stream.write(safeOutput(text, kept)),
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
  } as OutputStream;
}
