import { type Backend, type BackendName, BackendUnavailable } from '../../src/backends/backend.ts';
import { openBackend } from '../../src/backends/open.ts';

/**
 * A backend, or undefined where it does not work here: the reason is printed once, and the test should be skipped.
 * TensorFlow is the one that is linked or installed (`enetc backend install tensorflow`).
 */
export async function openOrSkip(name: BackendName): Promise<Backend | undefined> {
  try {
    return await openBackend(name);
  } catch (e) {
    if (!(e instanceof BackendUnavailable)) throw e;
    console.log(`no ${name} backend (${e.message}): what runs on it is skipped`);
    return undefined;
  }
}
