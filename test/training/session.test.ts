import { afterAll, describe, expect, test } from 'vitest';
import type { StepFunction, StepRef } from '../../src/5-graph/training/program.ts';
import { emitTrainingModel } from '../../src/6-emit/tfjs/saved-model/emit-training-model.ts';
import { planFusion } from '../../src/6-emit/tfjs/saved-model/fusion.ts';
import { NotFiniteError, OutOfMemoryError, type StepRunner } from '../../src/backends/runner.ts';
import { createSessionRunner } from '../../src/backends/session/create-runner.ts';
import type { TfjsNode } from '../../src/backends/tensorflow/load.ts';
import { build, model } from '../language/build.ts';
import { allCases } from './all-cases.ts';
import { buildCase, type Case, whole } from './case-builder.ts';
import { expectAsReference } from './expect-close.ts';
import { openTensorflow } from './open-tensorflow.ts';
import { hasDilatedPool } from './saved-model-cases.ts';
import { inputsOf, programOf, startOf } from './small-training.ts';

const backend = await openTensorflow();
/** Sums in single precision, in whatever order oneDNN has them. */
const tolerance = 5e-6;

describe.skipIf(!backend)('programs in a session of TensorFlow', () => {
  const { tf } = (backend ?? {}) as { tf: TfjsNode };
  afterAll(() => backend?.close());

  const cases = allCases.filter(({ program }) => !hasDilatedPool(program));
  test.each(cases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
    const before = tf.memory().numTensors;
    const runner = await createSessionRunner(tf, given.program, { fuse: true });
    await expectAsReference(runner, given, tolerance);
    runner.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a number that has to be finite and is not ends the step and changes nothing', async () => {
    const { runner, given } = await started(guarded);
    const inputs = (by: number) => ({ ...given.inputs, by: { shape: [], data: Float32Array.of(by) } });
    await runner.run('run', inputs(1));
    const before = await runner.read();
    for (const by of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const failed = runner.run('run', inputs(by));
      await expect(failed).rejects.toThrow(NotFiniteError);
      await expect(failed).rejects.toThrow('the loss is not a finite number');
      expect(await runner.read()).toEqual(before);
    }
    await runner.run('run', inputs(1));
    expect(await runner.read()).not.toEqual(before);
    runner.close();
  });

  test('some variables alone are read and written', async () => {
    const { runner, given } = await started(guarded);
    const [name] = given.variables.keys() as unknown as [string];
    const all = await runner.read();
    const [other] = [...all.keys()].filter((key) => key !== name) as [string];
    const value = (all.get(name) as Float32Array).map((x) => x + 1);
    await runner.write(new Map([[name, value]]));
    expect(await runner.read([name])).toEqual(new Map([[name, value]]));
    expect(await runner.read([other])).toEqual(new Map([[other, all.get(other)]]));
    await expect(runner.read(['nobody'])).rejects.toThrow("'nobody' is not a variable");
    await expect(runner.write(new Map([[name, new Float32Array(1)]]))).rejects.toThrow('1 were written');
    await expect(runner.run('run', {})).rejects.toThrow("the input 'by' is not fed");
    runner.close();
  });

  test('what is run rarely sees the values as they are, and stands in no graph before', async () => {
    const { graph } = build(
      model('  input image: [3, 8, 8]\n  a: c: Conv(4, 3) -> n: BatchNorm -> relu -> GlobalAvgPool\n  l: Linear(2)'),
    );
    const training = programOf(graph);
    const often = training.program.functions.filter(({ isRare }) => !isRare);
    expect(training.program.functions.filter((fn) => !often.includes(fn)).map(({ name }) => name)).toEqual([
      'diagnose',
    ]);
    const before = tf.memory().numTensors;
    const runner = await createSessionRunner(tf, training.program, { fuse: true });
    await runner.write(startOf(training));
    const inputs = inputsOf(training);
    await runner.run('accumulate', inputs);
    const wrong = async () =>
      Object.entries(await runner.run('diagnose', inputs)).flatMap(([name, { data }]) => (data[0] === 1 ? [] : [name]));
    expect(await wrong()).toEqual([]);
    await runner.write(new Map([['l.bias', Float32Array.of(0, Number.NaN)]]));
    expect((await wrong())[0]).toBe('weight l.bias');
    expect((await wrong()).some((name) => name.startsWith('activation a.'))).toBe(false);
    runner.close();
    expect(tf.memory().numTensors).toBe(before);
    // prediction is the beginning of evaluation, and has no nodes of its own
    const { signatures } = emitTrainingModel(training.program);
    expect(signatures.predict).toEqual({
      inputs: { image: signatures.evaluate!.inputs.image },
      outputs: { logits: signatures.evaluate!.outputs.logits },
    });
  });

  test('two programs with variables of the same names do not meet', async () => {
    const [one, two] = [await started(guarded), await started(guarded)];
    const before = await two.runner.read();
    await one.runner.run('run', one.given.inputs);
    expect(await two.runner.read()).toEqual(before);
    one.runner.close();
    two.runner.close();
  });

  test('memory stays as it is over many steps', async () => {
    const { runner, given } = await started(large);
    const steps = async (count: number) => {
      for (let i = 0; i < count; i++) await runner.run('run', given.inputs);
      return process.memoryUsage.rss() / 2 ** 20;
    };
    await steps(100);
    const before = await steps(100);
    // Each step has an input and an output of 4 MB: one that were kept would show.
    expect((await steps(200)) - before).toBeLessThan(80);
    runner.close();
  });

  test('what is compiled together does the same, for any batch', async () => {
    const { program } = gated(2);
    expect([...planFusion(program.functions[0] as StepFunction).values()]).toEqual(Array(4).fill('run//7'));
    const runner = await createSessionRunner(tf, program, { fuse: true });
    for (const size of [2, 3, 2]) await expectAsReference(runner, gated(size), tolerance);
    runner.close();
  });

  test('memory that is not there is said to be missing', async () => {
    const { runner, given } = await started(endless);
    await expect(runner.run('run', given.inputs)).rejects.toThrow(OutOfMemoryError);
    runner.close();
  });

  async function started(given: Case): Promise<{ runner: StepRunner; given: Case }> {
    const runner = await createSessionRunner(tf, given.program, { fuse: true });
    await runner.write(given.variables);
    return { runner, given };
  }
});

const guarded = buildCase('guarded', (c) => {
  const by = c.number('by', 1);
  const weight = c.variable('weight', [3, 4]);
  const [scaled] = c.op({ kind: 'scale' }, [weight, by], whole(3, 4)) as [StepRef];
  const [norm] = c.op({ kind: 'globalNorm' }, [scaled], whole()) as [StepRef];
  const [loss] = c.op({ kind: 'scale' }, [norm, by], whole()) as [StepRef];
  c.variable('sum', [3, 4]);
  c.guard(loss);
  c.update({ kind: 'accumulate', variable: 'sum', value: weight });
});

/** Squeeze and excitation's way back to a SiLU: a gate's product, a pool's gradient, their sum. */
const gated = (size: number) =>
  lastOutput(
    buildCase(
      'gated',
      (c) => {
        const shape = [5, 4, 3];
        const [product] = c.op({ kind: 'mul' }, [c.fed('dy', shape), c.fed('gate', [5, 1, 1])], shape) as [StepRef];
        const pooled = c.fed('pooled', [5, 1, 1]);
        const [spread] = c.op({ kind: 'globalAvgPoolGrad', shape }, [pooled], shape) as [StepRef];
        const [sum] = c.op({ kind: 'add' }, [product, spread], shape) as [StepRef];
        c.op({ kind: 'activationGrad', fn: 'silu' }, [sum, c.fed('x', shape)], shape);
      },
      size,
    ),
  );

/** 64 TB. */
const endless = lastOutput(
  buildCase('endless', (c) => {
    const shape = [2 ** 14, 2 ** 15, 2 ** 14];
    const [zeros] = c.op({ kind: 'zeros', shape }, [c.fed('x', [1])], shape) as [StepRef];
    c.op({ kind: 'globalAvgPool' }, [zeros], [2 ** 14, 1, 1]);
  }),
);

/** A case that gives the last of its values alone, so that the others are inner ones. */
function lastOutput(given: Case): Case {
  const functions = given.program.functions.map((fn) => ({ ...fn, outputs: fn.outputs.slice(-1) }));
  return { ...given, program: { ...given.program, functions } };
}

const large = buildCase(
  'large',
  (c) => {
    const x = c.fed('x', [16, 128, 128]);
    c.op({ kind: 'activation', fn: 'relu' }, [x], [16, 128, 128]);
  },
  4,
);
