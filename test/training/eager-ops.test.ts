import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { opTable } from '../../src/backends/eager/op-table.ts';
import { allCases } from './all-cases.ts';
import { buildCase, positive } from './case-builder.ts';
import { expectAsReference } from './expect-close.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Single precision has 6e-8; sums of some hundred products, and their reference's finite differences, stay below this. */
const tolerance = 2e-6;

test.each(allCases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
  const before = tf.memory().numTensors;
  const runner = await createEagerRunner(tf, given.program);
  await expectAsReference(runner, given, tolerance);
  expect(tf.memory().numTensors - before, 'only variables are left').toBe(given.program.variables.length);
  runner.close();
  expect(tf.memory().numTensors).toBe(before);
});

test('the cases have every op and every update in them', () => {
  const functions = allCases.flatMap(({ program }) => program.functions);
  const kinds = new Set(functions.flatMap((fn) => fn.nodes.map(({ op }) => op.kind)));
  expect(Object.keys(opTable).filter((kind) => !kinds.has(kind as never))).toEqual([]);
  const updates = new Set(functions.flatMap((fn) => fn.updates.map(({ kind }) => kind)));
  expect([...updates].sort()).toEqual(['accumulate', 'adamw', 'average', 'clear', 'rmsprop', 'sgd']);
});

test('focal loss without focus is cross-entropy', async () => {
  const both = buildCase('both losses', (c) => {
    const [z, t] = [c.fed('z', [5]), c.fed('t', [5], positive)];
    c.op({ kind: 'softmaxCrossEntropy' }, [z, t], [], [5]);
    c.op({ kind: 'focalLoss' }, [z, t, c.number('gamma', 0)], [], [5]);
  });
  const runner = await createEagerRunner(tf, both.program);
  const [loss, gradient, focal, focalGradient] = Object.values(await runner.run('run', both.inputs));
  runner.close();
  loss?.data.forEach((value, i) => {
    expect(focal?.data[i]).toBeCloseTo(value, 5);
  });
  gradient?.data.forEach((value, i) => {
    expect(focalGradient?.data[i]).toBeCloseTo(value, 5);
  });
});

test('focal loss of what is certain is 0 with a gradient of 0, and of what nearly is exact', async () => {
  const of = async (logit: number) => {
    const sure = buildCase('a sure network', (c) => {
      const first = (value: number) => (_: number, i: number) => (i % 5 === 0 ? value : 0);
      c.op(
        { kind: 'focalLoss' },
        [c.fed('z', [5], first(logit)), c.fed('t', [5], first(1)), c.number('gamma', 0.5)],
        [],
        [5],
      );
    });
    const runner = await createEagerRunner(tf, sure.program);
    const [loss, gradient] = Object.values(await runner.run('run', sure.inputs));
    runner.close();
    return { loss: loss?.data[0] as number, gradient: [...(gradient?.data ?? [])] };
  };
  const certain = await of(200);
  expect(certain.loss).toBeCloseTo(0, 12);
  for (const value of certain.gradient) expect(value).toBeCloseTo(0, 12);
  const doubt = (4 * Math.exp(-12)) / (1 + 4 * Math.exp(-12));
  const nearly = await of(12);
  expect(nearly.loss / (-Math.sqrt(doubt) * Math.log1p(-doubt))).toBeCloseTo(1, 2);
});
