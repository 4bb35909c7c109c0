import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { NotFiniteError, OutOfMemoryError, type StepRunner } from '../../src/backends/runner.ts';
import { buildCase } from './case-builder.ts';
import { guardedStep } from './guarded-step.ts';
import { expectTie, tieCases } from './ties.ts';

let runner: StepRunner;

beforeEach(async () => {
  await tf.setBackend('cpu');
  runner = await createEagerRunner(tf, guardedStep.program);
});
afterEach(() => {
  vi.restoreAllMocks();
  runner.close();
});

test('what is written is read again, in its own order, and belongs to nobody else', async () => {
  const given = Float32Array.from({ length: 9 }, (_, i) => i);
  await runner.write(new Map([['w', given]]));
  given.fill(-1);
  const read = (await runner.read(['w'])).get('w') as Float32Array;
  expect([...read]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  read.fill(-1);
  expect((await runner.read(['w'])).get('w')?.[8]).toBe(8);
});

test('convolution weights come back as they went in', async () => {
  const shapes = { a: [3, 2, 2, 2], b: [4, 1, 3, 3], c: [5, 4, 1, 1] };
  const given = buildCase('weights', (c) => {
    for (const [name, shape] of Object.entries(shapes)) c.variable(name, shape);
  });
  const own = await createEagerRunner(tf, given.program);
  await own.write(given.variables);
  expect(await own.read()).toEqual(given.variables);
  own.close();
});

test('no tensor is left behind in a hundred steps', async () => {
  await runner.write(guardedStep.variables);
  await runner.run('run', guardedStep.inputs);
  const { numTensors, numBytes } = tf.memory();
  for (let i = 0; i < 100; i++) await runner.run('run', guardedStep.inputs);
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
});

describe('a guard that is not finite', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])('by %s changes nothing', async (bad) => {
    await runner.write(guardedStep.variables);
    const { numTensors } = tf.memory();
    const data = Float32Array.of(1, 2, bad, 4, 5, 6);
    await expect(runner.run('run', { ...guardedStep.inputs, x: { shape: [2, 3], data } })).rejects.toThrow(
      NotFiniteError,
    );
    expect(await runner.read()).toEqual(guardedStep.variables);
    expect(tf.memory().numTensors).toBe(numTensors);
    await runner.run('run', guardedStep.inputs);
    expect(await runner.read()).not.toEqual(guardedStep.variables);
  });
});

describe('what cannot be', () => {
  test('a step before its variables are written', async () => {
    await expect(runner.run('run', guardedStep.inputs)).rejects.toThrow("the variable 'w' has not been written yet");
  });
  test('a step without an input', async () => {
    await runner.write(guardedStep.variables);
    const { x: _x, ...rest } = guardedStep.inputs;
    await expect(runner.run('run', rest)).rejects.toThrow("the input 'x' is not fed");
  });
  test('another function', async () => {
    await expect(runner.run('walk', {})).rejects.toThrow("no function 'walk'");
  });
  test('a variable of another size or name', async () => {
    await expect(runner.write(new Map([['w', new Float32Array(8)]]))).rejects.toThrow("'w' has 9 numbers");
    await expect(runner.read(['v'])).rejects.toThrow("'v' is not a variable");
  });
});

test('an allocation that fails is out of memory, and nothing has changed', async () => {
  await runner.write(guardedStep.variables);
  const { numTensors } = tf.memory();
  vi.spyOn(tf.backend(), 'write').mockImplementationOnce(() => {
    throw new RangeError('Array buffer allocation failed');
  });
  await expect(runner.run('run', guardedStep.inputs)).rejects.toThrow(OutOfMemoryError);
  vi.restoreAllMocks();
  expect(await runner.read()).toEqual(guardedStep.variables);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('values are freed on the way: a chain holds two of them', async () => {
  const length = 20;
  const chain = buildCase('chain', (c) => {
    let x = c.fed('x', [1000]);
    for (let i = 0; i < length; i++) {
      const [y] = c.op({ kind: 'activation', fn: 'tanh' }, [x], [1000]);
      if (y) x = y;
    }
  });
  const [fn] = chain.program.functions;
  if (!fn) throw new Error('no function');
  const last = fn.outputs.slice(-1);
  const own = await createEagerRunner(tf, { ...chain.program, functions: [{ ...fn, outputs: last }] });
  let most = 0;
  const before = tf.memory().numTensors;
  const engine = tf.engine();
  const start = engine.startScope.bind(engine);
  vi.spyOn(engine, 'startScope').mockImplementation((name) => {
    most = Math.max(most, tf.memory().numTensors - before);
    start(name);
  });
  await own.run('run', chain.inputs);
  expect(most).toBeLessThanOrEqual(4);
  own.close();
});

test.each(tieCases)('of equal numbers in a window the first takes the gradient: $given.name', async (tie) => {
  await expectTie(await createEagerRunner(tf, tie.given.program), tie);
});

test('it is bundled without Node, and without a tfjs of its own', async () => {
  const result = await build({
    entryPoints: [resolve(import.meta.dirname, '../../src/backends/eager/create-runner.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    logLevel: 'silent',
  });
  const foreign = Object.keys(result.metafile.inputs).filter((path) => path.includes('node_modules'));
  expect(foreign).toEqual([]);
  expect(result.outputFiles[0]?.text).not.toMatch(/\bprocess\.|\bBuffer\b|\brequire\(/);
});
