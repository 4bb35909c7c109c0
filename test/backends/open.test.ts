import { afterAll, describe, expect, test } from 'vitest';
import { type BackendName, backendNames } from '../../src/backends/backend.ts';
import { checkGradient } from '../../src/backends/check-gradient.ts';
import { openBackend } from '../../src/backends/open.ts';
import { openOrSkip } from './open-or-skip.ts';

const backends = new Map(
  // One after the other: they share tfjs' engine.
  await backendNames.reduce(
    async (before, name) => [...(await before), [name, await openOrSkip(name)] as const],
    Promise.resolve([] as (readonly [BackendName, Awaited<ReturnType<typeof openOrSkip>>])[]),
  ),
);
afterAll(() => {
  for (const backend of backends.values()) backend?.close();
});

test('plain TensorFlow.js is always there, and says that it is slow', () => {
  expect(backends.get('cpu')).toMatchObject({ name: 'cpu', slow: true });
  expect(backends.get('cpu')?.description).toMatch(/slow/);
});

describe.each(backendNames)('%s', (name) => {
  const backend = backends.get(name);

  test.skipIf(!backend)('computes a product and a gradient', async () => {
    await backend!.use();
    expect(backend!.tf.getBackend()).toBe(name === 'cuda' ? 'tensorflow' : name);
    await checkGradient(backend!.tf);
  });

  test.skipIf(!backend)('takes tensors of another open backend', async () => {
    const cpu = backends.get('cpu')!;
    await cpu.use();
    const there = cpu.tf.tensor1d([1, 2, 3]);
    await backend!.use();
    expect([...(await backend!.tf.square(there).data())]).toEqual([1, 4, 9]);
    there.dispose();
  });
});

test.skipIf(!backends.get('webgpu'))('a WebGPU device is shared, and closed by the last who uses it', async () => {
  const [one, two] = [await openBackend('webgpu'), await openBackend('webgpu')];
  one.close();
  one.close();
  await two.use();
  await checkGradient(two.tf);
  two.close();
  await backends.get('webgpu')!.use();
  await checkGradient(backends.get('webgpu')!.tf);
});

test.skipIf(!backends.get('tensorflow'))('TensorFlow says its version and its cores', () => {
  expect(backends.get('tensorflow')).toMatchObject({ slow: false });
  expect(backends.get('tensorflow')!.description).toMatch(/^TensorFlow \d+\.\d+\.\d+ on \d+ CPU cores?$/);
});

test('auto takes the best that is not slow, else cpu, and says what it takes', async () => {
  const best = backendNames.find((name) => backends.get(name)?.slow === false) ?? 'cpu';
  const backend = await openBackend('auto');
  expect(backend.name).toBe(best);
  if (backend.slow) expect(backend.description).toContain("'enetc doctor'");
  backend.close();
});
