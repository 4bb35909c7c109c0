import { availableParallelism } from 'node:os';

/** Threads that prepare images by default: one core is left to the training thread. */
export function defaultWorkers(): number {
  return Math.max(1, availableParallelism() - 1);
}

/**
 * Node runs sharp's work for all threads in one pool of 4, made at its first use: with more than two workers, which process two
 * images each at a time, it has to be larger. Must be called before files are read asynchronously; if the pool exists already,
 * or the user has set its size, this has no effect.
 */
export function widenThreadPool(workers = defaultWorkers()): void {
  if (workers > 2) process.env.UV_THREADPOOL_SIZE ??= String(2 * workers);
}
