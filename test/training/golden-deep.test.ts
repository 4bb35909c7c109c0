import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPython } from '../oracle.ts';
import { classifiers, goldenNames, goldenStep } from './golden-deep.ts';
import { startDoubleSteps } from './step-in-double.ts';

const python = findPython(['tensorflow']);

test('the classifiers are in the golden', () => {
  expect(goldenNames).toEqual(expect.arrayContaining(classifiers));
});

/**
 * One step of SGD of the training SavedModel in double precision against PyTorch's: the loss, the gradient's length, and how
 * far the step moves each weight and each running statistic. So deep networks are chaotic over the norms of small batches:
 * single precision is far from itself after another order of sums, double is not.
 */
describe.skipIf(!python)('in double precision', () => {
  let steps: ReturnType<typeof startDoubleSteps>;
  beforeAll(() => {
    steps = startDoubleSteps(python as string);
  });
  afterAll(() => steps.close());

  test.each(classifiers)('one step of %s', { timeout: 600_000 }, async (name) => {
    const { step, worst } = goldenStep(name);
    const { off, at } = worst(await steps.take(step));
    expect(off, at).toBeLessThan(1e-5);
  });
});
