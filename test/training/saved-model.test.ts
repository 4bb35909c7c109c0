import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { emitTrainingModel } from '../../src/6-emit/tfjs/saved-model/emit-training-model.ts';
import { findPython } from '../oracle.ts';
import { allCases } from './all-cases.ts';
import type { Case } from './case-builder.ts';
import { expectAsReference } from './expect-close.ts';
import { goldenNetwork } from './golden.ts';
import { type PythonTensorflow, startPython } from './python-runner.ts';
import { hasDilatedPool } from './saved-model-cases.ts';

const found = findPython(['tensorflow']);
/** TensorFlow's pools have no dilation, as those of the language. */
const [cases, refused] = [false, true].map((odd) =>
  allCases.filter(({ program }) => hasDilatedPool(program) === odd),
) as [Case[], Case[]];
/** Sums in single precision, in whatever order oneDNN has them. */
const tolerance = 5e-6;

describe.skipIf(!found)('as TensorFlow itself loads and runs it', () => {
  let python: PythonTensorflow;
  beforeAll(() => {
    python = startPython(found as string);
  });
  afterAll(() => python.close());

  test.each(cases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
    await expectAsReference(await python.createRunner(given.program), given, tolerance);
  });

  test('initialise sets all variables to what they start as', async () => {
    const { training } = goldenNetwork({ optimiser: 'rmsprop' });
    const { variables } = training.program;
    const runner = await python.createRunner(training.program);
    const fill = (name: string, size: number) => new Float32Array(size).map((_, i) => Math.sin(i + name.length));
    const own = variables.filter(({ start }) => start === 'weights');
    const inputs = own.map(({ name, shape }) => [name, { shape, data: fill(name, elements(shape)) }]);
    await python.run('initialise', Object.fromEntries(inputs));
    const values = await runner.read();
    for (const { name, shape, start } of variables) {
      const from = start === 'weights' ? name : 'copyOf' in start ? start.copyOf : undefined;
      const constant = typeof start === 'object' && 'constant' in start ? start.constant : Number.NaN;
      const size = elements(shape);
      const expected = from === undefined ? new Float32Array(size).fill(constant) : fill(from, size);
      expect(values.get(name), name).toEqual(expected);
    }
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
