import { isRunning } from '../../node/is-running.ts';

/** How often to look, in milliseconds. */
const interval = 3000;

/**
 * Calls `onEnd` when the client's process has ended, as the protocol asks. A process that is not seen to begin with, for
 * it runs in another container, is not watched: then the end of the stream must do.
 * @returns what ends the watch.
 */
export function watchProcess(id: number | null, onEnd: () => void): () => void {
  if (typeof id !== 'number' || !isRunning(id)) return () => {};
  const timer = setInterval(() => {
    if (!isRunning(id)) onEnd();
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}
