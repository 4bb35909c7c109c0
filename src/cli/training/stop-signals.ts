import { exitCodes } from '../io.ts';

export interface StopSignals {
  /** The exit code of the signal that came; undefined before one has. */
  code(): number | undefined;
  /** Signals end the program again. */
  release(): void;
}

/**
 * From now on the first Ctrl-C or SIGTERM only asks to stop. The second ends the process at once, by the system's hand, so
 * that it does even while a step keeps the thread busy.
 * @param first called once, with the signal.
 */
export function listenForStop(first: () => void): StopSignals {
  let code: number | undefined;
  const signals = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
  const names = Object.keys(signals) as (keyof typeof signals)[];
  const silence = () => {
    for (const name of names) process.removeAllListeners(name);
  };
  const taken = names.map((name) => {
    const before = process.listeners(name);
    const own = () => {
      code = signals[name];
      silence();
      first();
    };
    // A signal that came while the thread was busy waits for whoever listens, and is lost where for a moment nobody does:
    // the new listener is there before the old ones go.
    process.once(name, own);
    for (const listener of before) process.removeListener(name, listener);
    return { name, before, own };
  });
  return {
    code: () => code,
    release() {
      for (const { name, before, own } of taken) {
        for (const listener of before) process.on(name, listener);
        process.removeListener(name, own);
      }
    },
  };
}
