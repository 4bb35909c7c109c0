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
  const before = names.map((name) => [name, process.listeners(name)] as const);
  const silence = () => {
    for (const name of names) process.removeAllListeners(name);
  };
  silence();
  for (const name of names) {
    process.once(name, () => {
      code = signals[name];
      silence();
      first();
    });
  }
  return {
    code: () => code,
    release() {
      silence();
      for (const [name, listeners] of before) for (const listener of listeners) process.on(name, listener);
    },
  };
}
