import { afterAll, describe, expect, test } from 'vitest';
import { emitTrainingModel } from '../../src/6-emit/tfjs/saved-model/emit-training-model.ts';
import { findPython } from '../oracle.ts';
import { allCases } from './all-cases.ts';
import type { Case } from './case-builder.ts';
import { expectAsReference } from './expect-close.ts';
import { startPython } from './python-runner.ts';
import { hasDilatedPool } from './saved-model-cases.ts';

const found = findPython(['tensorflow']);
/** TensorFlow's pools have no dilation, as those of the language. */
const [cases, refused] = [false, true].map((odd) =>
  allCases.filter(({ program }) => hasDilatedPool(program) === odd),
) as [Case[], Case[]];
/** Sums in single precision, in whatever order oneDNN has them. */
const tolerance = 5e-6;

describe.skipIf(!found)('as TensorFlow itself loads and runs it', () => {
  const python = startPython(found as string);
  afterAll(() => python.close());

  test.each(cases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
    await expectAsReference(await python.createRunner(given.program), given, tolerance);
  });
});

test('the same program gives the same bytes', () => {
  for (const { program } of cases) {
    expect(emitTrainingModel(program).pb).toEqual(emitTrainingModel(structuredClone(program)).pb);
  }
});

test('a pool with dilation is refused', () => {
  for (const { program } of refused) expect(() => emitTrainingModel(program)).toThrow('a pool has no dilation');
});
