import { afterAll, describe, expect, test } from 'vitest';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { allCases } from './all-cases.ts';
import { expectAsReference } from './expect-close.ts';
import { openTensorflow } from './open-tensorflow.ts';
import { expectTie, tieCases } from './ties.ts';

const backend = await openTensorflow();
/** Sums in single precision, in whatever order oneDNN has them. */
const tolerance = 5e-6;

/** Steps go to TensorFlow whole (`session/`); op by op they have to be the same. */
describe.skipIf(!backend)('op by op on TensorFlow', () => {
  const tf = backend?.tf as NonNullable<typeof backend>['tf'];
  afterAll(() => backend?.close());

  test.each(allCases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
    const before = tf.memory().numTensors;
    const runner = await createEagerRunner(tf, given.program);
    await expectAsReference(runner, given, tolerance);
    runner.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(tieCases)('of equal numbers in a window the first takes the gradient: $given.name', async (tie) => {
    await expectTie(await createEagerRunner(tf, tie.given.program), tie);
  });
});
