import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { opTable } from '../../src/backends/eager/op-table.ts';
import { allCases } from './all-cases.ts';
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
