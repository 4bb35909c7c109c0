import { safeText } from '../diagnostics/text-width.ts';
import { formatBytes } from '../report/format-number.ts';
import type { Io } from './io.ts';

/** What is done in this time needs no progress, in milliseconds. */
const patience = 400;
const interval = 100;

/** Shows on a terminal how far something long is; nothing on anything else. @param doing what is done with the named file */
export function createProgress(
  name: string,
  io: Io,
  doing = 'writing',
): { update(done: number, total: number): void; clear(): void } {
  const start = Date.now();
  let last = 0;
  return {
    update(done, total) {
      if (!io.stderr.isTTY) return;
      const now = Date.now();
      if (now - start < patience || now - last < interval) return;
      last = now;
      const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
      io.stderr.write(`\r\x1b[K${doing} ${safeText(name)}  ${percent} % of ${formatBytes(total)}`);
    },
    clear() {
      if (last > 0) io.stderr.write('\r\x1b[K');
    },
  };
}
