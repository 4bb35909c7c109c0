/** Changes within this number of milliseconds are answered together. */
const delay = 8;
/** How long a slice of work may take, in milliseconds; then messages are heard. */
const slice = 5;

/**
 * Creates a scheduler of background work between messages, in slices. Each call starts the work from scratch and drops
 * what was left of it before. The work yields where it can be interrupted, with the milliseconds to wait if it is not
 * urgent.
 */
export function createBackground(work: () => Generator<number>, onError: (e: unknown) => void): () => void {
  let rest: Generator<number> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = 0;
  const schedule = (wait: number) => {
    clearTimeout(timer);
    due = performance.now() + wait;
    timer = setTimeout(step, wait);
  };
  const step = () => {
    timer = undefined;
    const until = performance.now() + slice;
    try {
      while (rest) {
        const { done, value } = rest.next();
        if (done) rest = undefined;
        else if (value > 0 || performance.now() > until) return schedule(value);
      }
    } catch (e) {
      rest = undefined;
      onError(e);
    }
  };
  return () => {
    rest = work();
    // one that is due soon stays: continuous typing must not postpone it forever
    if (timer === undefined || due > performance.now() + delay) schedule(delay);
  };
}
