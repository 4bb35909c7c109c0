import { safeText } from '../diagnostics/text-width.ts';
import { flag } from './arguments.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

/** What a command shows on standard error while it works. */
export interface StatusLine {
  warn(message: string): void;
  /** Shows how far it is, on a terminal. */
  progress(text: string): void;
  clear(): void;
}

export function createStatusLine(args: Arguments, io: Io): StatusLine {
  const { show, clear } = createTerminalLine(io);
  return {
    clear,
    warn(message) {
      clear();
      if (!flag(args, 'quiet')) io.stderr.write(`warning: ${safeText(message)}\n`);
    },
    progress: show,
  };
}

/** A line of standard error that is written again and again; nothing where that is not a terminal. */
export function createTerminalLine(io: Io): { show(text: string): void; clear(): void } {
  let isShown = false;
  return {
    show(text) {
      if (!io.stderr.isTTY) return;
      isShown = true;
      io.stderr.write(`\r\x1b[K${text}`);
    },
    clear() {
      if (isShown) io.stderr.write('\r\x1b[K');
      isShown = false;
    },
  };
}
