/** Work that can be interrupted between its steps, and what comes of it. */
export type Steps<Result> = Generator<void, Result>;

/** All steps of a work, one after the other. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
