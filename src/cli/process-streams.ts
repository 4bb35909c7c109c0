import { Pieces } from '../node/pieces.ts';
import { readProblem } from '../node/system-errors.ts';
import { exitCodes, failure, type OutputStream } from './io.ts';

/** What a terminal says of itself. */
export interface TerminalFacts {
  readonly isTTY: boolean;
  readonly columns?: number;
}

/** Signals that end a program, and what shells call an end by them. */
export const endingSignals = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.hungUp,
} as const;

export type EndingSignal = keyof typeof endingSignals;

/** Calls `quit` with an exit code for a signal that ends the program, as soon as the thread is free. */
export function listenToSignals(quit: (code: number, signal: EndingSignal) => void): void {
  for (const [signal, code] of Object.entries(endingSignals)) {
    process.on(signal, () => quit(code, signal as EndingSignal));
  }
}

/** A reader that closes its end (`enetc list | head -1`) is not an error, and ends the program; a full disk is an error. */
export function listenToStreams(quit: (code: number) => void): void {
  const onError = (e: NodeJS.ErrnoException) => {
    // Nothing more is written: of a closed standard error that would be the next such error, without end.
    if (e.code === 'EPIPE') return quit(Number(process.exitCode ?? exitCodes.ok));
    process.exitCode = exitCodes.diagnostics;
    if (e.code !== 'EIO') process.stderr.write(`error: cannot write the output: ${e.message}\n`);
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
}

export function terminalFacts(out: NodeJS.WriteStream): TerminalFacts {
  return { isTTY: out.isTTY === true, ...(out.columns !== undefined && { columns: out.columns }) };
}

export function processStream(out: NodeJS.WriteStream): OutputStream {
  return { write: (text) => void out.write(text), ...terminalFacts(out) };
}

/** All of standard input, up to the bound of a spec. */
export async function readProcessInput(): Promise<Uint8Array> {
  const pieces = new Pieces();
  try {
    for await (const piece of process.stdin) pieces.add(piece as Uint8Array);
  } catch (e) {
    throw failure(`standard input cannot be read: ${readProblem(e)}`);
  }
  return pieces.join();
}
