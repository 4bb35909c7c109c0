/** How often to look, in milliseconds. */
const interval = 3000;

/**
 * Calls `onEnd` when the client's process has ended, as the protocol asks. A process that is not seen to begin with, for
 * it runs in another container, is not watched: then the end of the stream must do.
 * @returns what ends the watch.
 */
export function watchProcess(id: number | null, onEnd: () => void): () => void {
  if (typeof id !== 'number' || !runs(id)) return () => {};
  const timer = setInterval(() => {
    if (!runs(id)) onEnd();
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}

function runs(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM';
  }
}
