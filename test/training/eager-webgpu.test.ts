import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, BackendUnavailable } from '../../src/backends/backend.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { openBackend } from '../../src/backends/open.ts';
import { allCases } from './all-cases.ts';
import { expectAsReference } from './expect-close.ts';
import { smallNetworks } from './small-networks.ts';
import { gradientsOf, programOf } from './small-training.ts';
import { expectTie, tieCases } from './ties.ts';

let backend: Backend | undefined;
let missing = '';

beforeAll(async () => {
  try {
    backend = await openBackend('webgpu');
  } catch (e) {
    if (!(e instanceof BackendUnavailable)) throw e;
    missing = e.message;
  }
});

afterAll(() => backend?.close());

/** A GPU's exponentials are coarser than a CPU's: WGSL allows exp(x) an error of 3 + 2 |x| units in the last place. */
const tolerance = 1e-5;

test.each(allCases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
  if (!backend) return console.warn(`skipped: ${missing}`);
  const { tf } = backend;
  const before = tf.memory().numTensors;
  const runner = await createEagerRunner(tf, given.program);
  await expectAsReference(runner, given, tolerance);
  runner.close();
  expect(tf.memory().numTensors).toBe(before);
});

test.each(tieCases)('of equal numbers in a window the first takes the gradient: $given.name', async (tie) => {
  if (!backend) return console.warn(`skipped: ${missing}`);
  await expectTie(await createEagerRunner(backend.tf, tie.given.program), tie);
});

test.each(Object.entries(smallNetworks))('the gradients of %s are those of the cpu', async (_name, network) => {
  if (!backend) return console.warn(`skipped: ${missing}`);
  const { tf } = backend;
  const training = programOf(network());
  const ours = await gradientsOf(tf, training);
  await tf.setBackend('cpu');
  const plain = await gradientsOf(tf, training);
  await backend.use();
  const least = Math.max(...[...plain.values()].map((g) => Math.hypot(...g))) / 100;
  for (const [name, expected] of plain) {
    const got = ours.get(name) as Float32Array;
    const off =
      Math.hypot(...expected.map((v, i) => v - (got[i] as number))) / Math.max(Math.hypot(...expected), least);
    expect(off, name).toBeLessThan(1e-4);
  }
});
