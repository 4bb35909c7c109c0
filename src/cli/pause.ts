/** Lets signals and streams be heard between two pieces of long work. */
export function pause(): Promise<void> {
  return new Promise((next) => setImmediate(next));
}
