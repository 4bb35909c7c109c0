import { rmSync } from 'node:fs';

type Observer = (what: 'began' | 'ended', path: string) => void;

interface Unfinished {
  readonly paths: Set<string>;
  observer?: Observer;
}

const slot = Symbol.for('enetc.unfinished-files');
const holder = globalThis as { [slot]?: Unfinished };

/**
 * Files under a temporary name. The one piece of state in the program: a signal must find them wherever it strikes.
 * One for all bundles: the command line's own and `engines.cjs`.
 */
const unfinished: Unfinished = (holder[slot] ??= { paths: new Set() });

/** Calls a function before each temporary file or folder is made, and after each has its name or is gone. */
export function observeUnfinished(observer: Observer): void {
  unfinished.observer = observer;
}

/** Remembers a temporary file or folder until it is renamed or removed. */
export function noteUnfinished(path: string): void {
  unfinished.observer?.('began', path);
  unfinished.paths.add(path);
}

/** The file has its name, or is gone. */
export function noteFinished(path: string): void {
  unfinished.paths.delete(path);
  unfinished.observer?.('ended', path);
}

/** Removes what an interrupted run leaves. */
export function discardUnfinished(): void {
  for (const path of unfinished.paths) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // It cannot be removed; there is nobody left to tell.
    }
  }
  unfinished.paths.clear();
}
