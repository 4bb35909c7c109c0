import type { Backend } from '../../src/backends/backend.ts';
import { openBackend } from '../../src/backends/open.ts';

/** The tensorflow backend, or undefined where it does not work: the reason is printed, and the test should be skipped. */
export async function openTensorflow(): Promise<Backend | undefined> {
  try {
    return await openBackend('tensorflow');
  } catch (e) {
    console.log(`no TensorFlow backend (${(e as Error).message}): what runs on it is skipped`);
    return undefined;
  }
}
