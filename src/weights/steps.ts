/** Work that can be interrupted between its steps, and its result. */
export type Steps<Result> = Generator<void, Result>;

/** Runs all steps, one after the other. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
