import type { Tfjs } from '../backend.ts';
import { OutOfMemoryError } from '../runner.ts';

/** How V8, TensorFlow and Dawn report that memory has run out, or that a device does not allow such a large tensor. */
const outOfMemory =
  /out of memory|failed to allocate|exceeds the max buffer size|OOM when allocating|resource ?exhausted|array buffer allocation failed|invalid (typed )?array length/i;

/** The part of `GPUDevice` that is used here. */
interface Device {
  pushErrorScope(filter: 'out-of-memory' | 'validation'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

/**
 * Runs something on the backend. WebGPU itself does not throw: without memory, or beyond a device's limits, it continues with meaningless values, and reports only to error scopes.
 * @throws OutOfMemoryError if the backend had no memory left
 */
export async function watched<T>(tf: Tfjs, run: () => Promise<T>): Promise<T> {
  const device = deviceOf(tf);
  device?.pushErrorScope('validation');
  device?.pushErrorScope('out-of-memory');
  let result: T | undefined;
  let thrown: unknown;
  try {
    result = await run();
  } catch (e) {
    thrown = e;
  }
  // A lost device no longer answers; then the thrown error decides.
  const reports = device
    ? [device.popErrorScope(), device.popErrorScope()].map((scope) => scope.catch(() => null))
    : [];
  const [memory, invalid] = await Promise.all(reports);
  if (memory) throw new OutOfMemoryError(memory.message);
  for (const error of [invalid, thrown]) {
    if (hasMessage(error) && outOfMemory.test(error.message)) throw new OutOfMemoryError(error.message);
  }
  if (thrown !== undefined) throw thrown;
  if (invalid) throw new Error(`the WebGPU device refused a step's op: ${invalid.message}`);
  return result as T;
}

function hasMessage(error: unknown): error is { readonly message: string } {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

function deviceOf(tf: Tfjs): Device | undefined {
  const { device } = tf.backend() as { device?: Partial<Device> };
  return device?.pushErrorScope && device.popErrorScope ? (device as Device) : undefined;
}
