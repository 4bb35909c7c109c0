import { setTimeout } from 'node:timers/promises';
import { holderOf, keepHolding, lastHeard, removeLock } from '../train/run/run-lock.ts';

/** How often a process renews its claim on a run, in milliseconds. */
const beat = 2000;
/** After this time without a renewal, in milliseconds, a process on another machine is considered dead. */
const longestSilence = 30_000;

/**
 * Waits for the process that holds a run: one that has just been killed, whose training first finishes its step; or one on a machine that shares the folder and lost its job to this one, which continues unless it has died.
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

/** Renews this process's claim on a run until it ends. `lost` is aborted where another has taken the run. */
export function holdRun(out: string): { readonly lost: AbortSignal; release(): void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (!keepHolding({ path: out })) controller.abort();
  }, beat);
  return { lost: controller.signal, release: () => clearInterval(timer) };
}
