import type { Tfjs } from '../backend.ts';
import { OutOfMemoryError } from '../runner.ts';

/** How V8, TensorFlow and Dawn say that there is no memory left. */
const outOfMemory =
  /out of memory|OOM when allocating|resource ?exhausted|array buffer allocation failed|invalid (typed )?array length|device is lost|device lost/i;

/** What of `GPUDevice` is used here. */
interface Device {
  pushErrorScope(filter: 'out-of-memory'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

/**
 * Runs something on the backend.
 * @throws OutOfMemoryError where that is what went wrong. WebGPU throws nothing by itself: it goes on with a buffer that is none,
 * and tells who asked it to watch.
 */
export async function watchingMemory<T>(tf: Tfjs, run: () => Promise<T>): Promise<T> {
  const device = (tf.backend() as { device?: Partial<Device> }).device;
  const watched = device?.pushErrorScope && device.popErrorScope ? (device as Device) : undefined;
  watched?.pushErrorScope('out-of-memory');
  let result: T;
  try {
    result = await run();
  } catch (thrown) {
    await watched?.popErrorScope().catch(() => null);
    if (thrown instanceof Error && outOfMemory.test(thrown.message)) throw new OutOfMemoryError(thrown.message);
    throw thrown;
  }
  const error = await watched?.popErrorScope();
  if (error) throw new OutOfMemoryError(error.message);
  return result;
}
