import { exitCodes } from '../io.ts';

export interface StopSignals {
  /** The exit code of the signal that came; undefined before one has. */
  code(): number | undefined;
  /** Aborted by the signal. */
  readonly signal: AbortSignal;
  /** Signals end the program again. */
  release(): void;
}

/**
 * From now on the first Ctrl-C or SIGTERM only asks to stop. The second ends the process at once, by the system's hand, so
 * that it does even while a step keeps the thread busy. A reader of standard output who goes (`| head`) asks to stop as well: a
 * run that ended on the spot would lose its steps since the last checkpoint.
 * @param first called once, with the signal.
 */
export function listenForStop(first: () => void): StopSignals {
  let code: number | undefined;
  const controller = new AbortController();
  const stop = (by: number) => {
    code = by;
    first();
    controller.abort();
  };
  const signals = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
  const names = Object.keys(signals) as (keyof typeof signals)[];
  const silence = () => {
    for (const name of names) process.removeAllListeners(name);
  };
  const taken = names.map((name) => {
    const before = process.listeners(name);
    const own = () => {
      silence();
      stop(signals[name]);
    };
    // A signal that came while the thread was busy waits for whoever listens, and is lost where for a moment nobody does:
    // the new listener is there before the old ones go.
    process.once(name, own);
    for (const listener of before) process.removeListener(name, listener);
    return { name, before, own };
  });
  const streamListeners = process.stdout.listeners('error') as ((e: Error) => void)[];
  const onStreamError = (e: NodeJS.ErrnoException) => {
    if (e.code !== 'EPIPE') {
      for (const listener of streamListeners) listener(e);
    } else if (code === undefined) {
      stop(exitCodes.unheard);
    }
  };
  process.stdout.on('error', onStreamError);
  for (const listener of streamListeners) process.stdout.removeListener('error', listener);
  return {
    code: () => code,
    signal: controller.signal,
    release() {
      for (const listener of streamListeners) process.stdout.on('error', listener);
      process.stdout.removeListener('error', onStreamError);
      for (const { name, before, own } of taken) {
        for (const listener of before) process.on(name, listener);
        process.removeListener(name, own);
      }
    },
  };
}
