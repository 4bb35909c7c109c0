import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPython } from '../oracle.ts';
import { goldenNames, goldenStep, scoredNetworks } from './golden-deep.ts';
import { startDoubleSteps } from './step-in-double.ts';

const python = findPython(['tensorflow']);

test('detectors, segmenters and trunks are in the golden', () => {
  expect(goldenNames).toEqual(expect.arrayContaining(scoredNetworks));
});

/** As golden-deep.test.ts, of networks whose outputs a dense layer scores. */
describe.skipIf(!python)('in double precision', () => {
  let steps: ReturnType<typeof startDoubleSteps>;
  beforeAll(() => {
    steps = startDoubleSteps(python as string);
  });
  afterAll(() => steps.close());

  test.each(scoredNetworks)('one step of %s', { timeout: 600_000 }, async (name) => {
    const { step, worst } = goldenStep(name);
    const { off, at } = worst(await steps.take(step));
    expect(off, at).toBeLessThan(1e-5);
  });
});
