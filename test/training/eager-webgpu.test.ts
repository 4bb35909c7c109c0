import { afterAll, expect, test } from 'vitest';
import { type Backend, BackendUnavailable, type Tfjs } from '../../src/backends/backend.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { openBackend } from '../../src/backends/open.ts';
import { NotFiniteError, OutOfMemoryError } from '../../src/backends/runner.ts';
import type { Window } from '../../src/ops/window.ts';
import { allCases } from './all-cases.ts';
import { buildCase, whole } from './case-builder.ts';
import { expectAsReference } from './expect-close.ts';
import { guardedStep } from './guarded-step.ts';
import { smallNetworks } from './small-networks.ts';
import { gradientsOf, programOf } from './small-training.ts';
import { expectTie, tieCases } from './ties.ts';

const { backend, missing } = await open();
if (!backend) console.warn(`skipped: ${missing}`);
const tf = backend?.tf as Tfjs;
const webgpu = test.skipIf(!tf);

async function open(): Promise<{ backend?: Backend; missing?: string }> {
  try {
    return { backend: await openBackend('webgpu') };
  } catch (e) {
    if (!(e instanceof BackendUnavailable)) throw e;
    return { missing: e.message };
  }
}

afterAll(() => backend?.close());

/** A GPU's exponentials are coarser than a CPU's: WGSL allows exp(x) an error of 3 + 2 |x| units in the last place. */
const tolerance = 1e-5;

webgpu.each(allCases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
  const before = tf.memory().numTensors;
  const runner = await createEagerRunner(tf, given.program);
  await expectAsReference(runner, given, tolerance);
  runner.close();
  expect(tf.memory().numTensors).toBe(before);
});

webgpu.each(tieCases)('of equal numbers in a window the first takes the gradient: $given.name', async (tie) => {
  await expectTie(await createEagerRunner(tf, tie.given.program), tie);
});

webgpu.each(Object.entries(smallNetworks))('the gradients of %s are those of the cpu', async (_name, network) => {
  const training = programOf(network());
  const ours = await gradientsOf(tf, training);
  await tf.setBackend('cpu');
  const plain = await gradientsOf(tf, training);
  await backend?.use();
  const least = Math.max(...[...plain.values()].map((g) => Math.hypot(...g))) / 100;
  for (const [name, expected] of plain) {
    const got = ours.get(name) as Float32Array;
    const off =
      Math.hypot(...expected.map((v, i) => v - (got[i] as number))) / Math.max(Math.hypot(...expected), least);
    expect(off, name).toBeLessThan(1e-4);
  }
});

const longSums = buildCase('long sums', (c) => {
  const x = c.fed('x', [3000]);
  c.op({ kind: 'linear' }, [x, c.variable('w', [20, 3000])], [20]);
  const [map, dy] = [c.fed('map', [4, 50, 50]), c.fed('dy', [40, 50, 50])];
  const window: Window = {
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    pads: { top: 0, left: 0, bottom: 0, right: 0 },
  };
  c.op({ kind: 'convGradWeight', window, groups: 1, shape: [40, 4, 1, 1] }, [map, dy], whole(40, 4, 1, 1));
});

webgpu('long sums have the same bits at every run', async () => {
  const runner = await createEagerRunner(tf, longSums.program);
  await runner.write(longSums.variables);
  const first = await runner.run('run', longSums.inputs);
  for (let i = 0; i < 5; i++) expect(await runner.run('run', longSums.inputs)).toEqual(first);
  runner.close();
});

webgpu('a guard that is not finite changes nothing', async () => {
  const runner = await createEagerRunner(tf, guardedStep.program);
  await runner.write(guardedStep.variables);
  const x = { shape: [2, 3], data: Float32Array.of(1, 2, Number.NaN, 4, 5, 6) };
  await expect(runner.run('run', { ...guardedStep.inputs, x })).rejects.toThrow(NotFiniteError);
  expect(await runner.read()).toEqual(guardedStep.variables);
  await runner.run('run', guardedStep.inputs);
  expect(await runner.read()).not.toEqual(guardedStep.variables);
  runner.close();
});

webgpu('no memory is left behind in many steps', async () => {
  const runner = await createEagerRunner(tf, guardedStep.program);
  await runner.write(guardedStep.variables);
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) await runner.run('run', guardedStep.inputs);
    return { tensors: tf.memory().numTensors, bytes: runner.memory() };
  };
  const before = await steps(10);
  expect(await steps(50)).toEqual(before);
  runner.close();
});

webgpu('an allocation that the device refuses is out of memory', async () => {
  const device = (tf.backend() as unknown as { device: { createBuffer: (d: { size: number }) => unknown } }).device;
  const runner = await createEagerRunner(tf, guardedStep.program);
  await runner.write(guardedStep.variables);
  const create = device.createBuffer.bind(device);
  // More than any device has.
  device.createBuffer = (descriptor) => create({ ...descriptor, size: 2 ** 50 });
  const x = { shape: [3, 3], data: new Float32Array(9) };
  await expect(runner.run('run', { ...guardedStep.inputs, x })).rejects.toThrow(OutOfMemoryError);
  device.createBuffer = create;
  expect(await runner.read()).toEqual(guardedStep.variables);
  runner.close();
});
