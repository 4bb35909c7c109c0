import { availableParallelism } from 'node:os';

/** Threads that prepare images by default: a core is left to the thread that trains. */
export function defaultWorkers(): number {
  return Math.max(1, availableParallelism() - 1);
}

/**
 * Node runs sharp's work of all threads in one pool of 4, made when it is first used: with more than two workers, which have two
 * images each at a time, it has to be larger. To be called before anything reads files asynchronously; where the pool is
 * there already, or the user has set its size, this changes nothing.
 */
export function widenThreadPool(workers = defaultWorkers()): void {
  if (workers > 2) process.env.UV_THREADPOOL_SIZE ??= String(2 * workers);
}
