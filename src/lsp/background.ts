/** Changes within this number of milliseconds are answered together. */
const delay = 8;
/** How long a slice of work may take, in milliseconds; then messages are heard. */
const slice = 5;

/**
 * Makes what works between messages, in slices. Each call starts the work from scratch, and what was left of it before is
 * dropped. The work yields where it can be cut, with the milliseconds to wait where it has time.
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
    // one that is to come soon stays: who types without a pause must be answered too
    if (timer === undefined || due > performance.now() + delay) schedule(delay);
  };
}
