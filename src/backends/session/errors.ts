import { guardInMessage } from '../../6-emit/tfjs/saved-model/guard-message.ts';
import { firstLine } from '../first-line.ts';
import { NotFiniteError, OutOfMemoryError } from '../runner.ts';

/**
 * The messages of TensorFlow's allocators (tensorflow/core/framework/op_kernel.cc, common_runtime/bfc_allocator.cc).
 */
const outOfMemory = /\bOOM when allocating|RESOURCE_EXHAUSTED|ran out of memory|failed to allocate memory|bad_alloc/i;

/**
 * Runs a function that calls TensorFlow. @throws NotFiniteError, OutOfMemoryError for the corresponding errors of
 * TensorFlow.
 */
export function inOurWords<T>(call: () => T): T {
  try {
    return call();
  } catch (e) {
    const message = e instanceof Error ? e.message : String(e);
    const guard = guardInMessage(message);
    if (guard !== undefined) throw new NotFiniteError(`${guard} is not a finite number`, { cause: e });
    if (outOfMemory.test(message)) throw new OutOfMemoryError(firstLine(e), { cause: e });
    throw e;
  }
}
