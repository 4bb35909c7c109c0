import { safeText } from '../diagnostics/text-width.ts';
/** What a command sees of the process: the tests give one of their own. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>;
}

export interface OutputStream {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Of the terminal. */
  readonly columns?: number;
}

/**
 * Exit codes: all went well; there are errors in what was compiled; the command line was wrong; an error in enetc itself; and
 * those that shells know of signals, `unheard` being that of a reader who has gone.
 */
export const exitCodes = {
  ok: 0,
  diagnostics: 1,
  usage: 2,
  internal: 70,
  hungUp: 129,
  interrupted: 130,
  unheard: 141,
  terminated: 143,
} as const;

/** The report of an error in enetc itself: the user cannot do anything about it, so it asks to report it. */
export function internalError(e: unknown): string {
  const trace = e instanceof Error ? (e.stack ?? e.message) : String(e);
  return `enetc failed; this is an error in enetc, please report it with what follows:\n${trace}\n`;
}

const exitBrand = Symbol.for('enetc.exit');

/** Ends a command with a message and a code. Only thrown inside `cli/`, and caught by `run`. */
export class Exit extends Error {
  readonly [exitBrand] = true;
  readonly code: number;
  /** The command whose help to point at. */
  readonly command: string | undefined;

  constructor(code: number, message: string, command?: string) {
    super(message);
    this.code = code;
    this.command = command;
  }
}

/** Whether an error is an `Exit`. By a mark and not by class, for each of the two bundles has a class of its own. */
export function isExit(error: unknown): error is Exit {
  return error instanceof Error && exitBrand in error;
}

/** The command line asks for something that does not exist. One line, whatever the names in it hold. */
export function usageError(message: string, command?: string): Exit {
  return new Exit(exitCodes.usage, safeText(message), command);
}

/** The machine refuses: a file that cannot be read or written. One line, whatever the names in it hold. */
export function failure(message: string): Exit {
  return new Exit(exitCodes.diagnostics, safeText(message));
}
