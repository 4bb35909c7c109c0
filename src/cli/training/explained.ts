import { BackendUnavailable } from '../../backends/backend.ts';
import { OutOfMemoryError } from '../../backends/runner.ts';
import { systemProblem } from '../../node/system-errors.ts';
import { DataError } from '../../train/data/types.ts';
import { RunError } from '../../train/run-error.ts';
import { failure } from '../io.ts';

/** Runs what uses data, a backend and a run's folder; what the user can mend ends the command with a message. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (e instanceof BackendUnavailable) {
      const advice = e.advice === undefined ? '' : `: ${e.advice}`;
      throw failure(`the backend ${e.backend} does not work here: ${e.message}${advice}`);
    }
    if (e instanceof RunError || e instanceof DataError) throw failure(e.message.replace(/\.$/, ''));
    if (e instanceof OutOfMemoryError) throw failure(`the memory does not suffice: ${e.message}`);
    // A file that is not what it was a moment ago, a disk that is full, a limit of the process: not a fault of enetc.
    const problem = systemProblem(e);
    throw problem === undefined ? e : failure(problem);
  }
}
