import { setTimeout } from 'node:timers/promises';
import { holderOf, keepHolding, lastHeard, removeLock } from '../train/run/run-lock.ts';

/** How often a process says that it holds a run, in milliseconds. */
const beat = 2000;
/** A process of another machine that has said nothing for so long, in milliseconds, has gone. */
const longestSilence = 30_000;

/**
 * Waits for the process that holds a run: one that was killed a moment ago, whose training ends its step before it hears of it; or
 * one of a machine that shares the folder and lost its job to this one, which goes on unless it has died.
 * @returns false where the signal came first
 */
export async function waitUntilFree(out: string, signal: AbortSignal, silence = longestSilence): Promise<boolean> {
  const run = { path: out };
  let heard = 0;
  let since = performance.now();
  for (let holder = holderOf(run); holder !== undefined; holder = holderOf(run)) {
    if (signal.aborted) return false;
    const now = lastHeard(run);
    if (now !== heard) {
      heard = now;
      since = performance.now();
    } else if (holder === 'elsewhere' && performance.now() - since > silence) removeLock(run);
    await setTimeout(50);
  }
  return !signal.aborted;
}

/** Says again and again that this process holds a run. `lost` is aborted where another has taken it. */
export function holdRun(out: string): { readonly lost: AbortSignal; release(): void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (!keepHolding({ path: out })) controller.abort();
  }, beat);
  return { lost: controller.signal, release: () => clearInterval(timer) };
}
