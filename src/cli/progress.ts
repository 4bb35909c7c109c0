import { safeText } from '../diagnostics/text-width.ts';
import { formatBytes } from '../report/format-number.ts';
import type { Io } from './io.ts';
import { createTerminalLine } from './status-line.ts';

/** What is done in this time needs no progress, in milliseconds. */
const patience = 400;
const interval = 100;

/** Shows on a terminal how far something long is; nothing on anything else. @param doing what is done with the named file */
export function createProgress(
  name: string,
  io: Io,
  doing = 'writing',
): { update(done: number, total: number): void; clear(): void } {
  const line = createTerminalLine(io);
  const start = Date.now();
  let last = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (now - start < patience || now - last < interval) return;
      last = now;
      const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
      line.show(`${doing} ${safeText(name)}  ${percent} % of ${formatBytes(total)}`);
    },
    clear: line.clear,
  };
}
