import { runInThisContext } from 'node:vm';
import { Exit, exitCodes } from './io.ts';

const slot = Symbol.for('enetc.interruptible');

/**
 * Runs long synchronous work so that Ctrl-C ends it at once, with clean-up: a signal's listener would only be called
 * after it, and without a listener the process would die and leave its temporary files. Node's `vm` can break into
 * running code.
 */
export function interruptible<T>(work: () => T): T {
  const holder = globalThis as { [slot]?: () => void };
  let result: { readonly value: T } | undefined;
  holder[slot] = () => {
    result = { value: work() };
  };
  try {
    runInThisContext(`globalThis[Symbol.for('enetc.interruptible')]()`, { breakOnSigint: true });
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') {
      throw new Exit(exitCodes.interrupted, 'interrupted');
    }
    throw e;
  } finally {
    delete holder[slot];
  }
  if (!result) throw new Exit(exitCodes.interrupted, 'interrupted');
  return result.value;
}
