import { rmSync } from 'node:fs';

const slot = Symbol.for('enetc.unfinished-files');
const holder = globalThis as { [slot]?: Set<string> };

/**
 * Files under a temporary name. The one piece of state in the program: a signal must find them wherever it strikes.
 * One set for both bundles, `main.cjs` and `engines.cjs`.
 */
const unfinished = (holder[slot] ??= new Set<string>());

/** Remembers a temporary file or folder until it is renamed or removed. */
export function noteUnfinished(path: string): void {
  unfinished.add(path);
}

/** The file has its name, or is gone. */
export function noteFinished(path: string): void {
  unfinished.delete(path);
}

/** Removes what an interrupted run leaves. */
export function discardUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // It cannot be removed; there is nobody left to tell.
    }
  }
  unfinished.clear();
}
