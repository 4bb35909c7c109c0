import { BackendUnavailable } from '../../backends/backend.ts';
import { OutOfMemoryError } from '../../backends/runner.ts';
import { commandLineWords } from '../../diagnostics/words.ts';
import { systemProblem } from '../../node/system-errors.ts';
import { RunError, SettingError } from '../../train/api.ts';
import type { Arguments } from '../command.ts';
import { failure, type Io, usageError } from '../io.ts';
import { printDiagnostics } from '../print-diagnostics.ts';

/** Runs what uses data, a backend and a run's folder; what the user can fix ends the command with a message. */
export async function explained<T>(args: Arguments, io: Io, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (e instanceof BackendUnavailable) {
      const advice = e.advice === undefined ? '' : `: ${e.advice}`;
      throw failure(`the backend ${e.backend} does not work here: ${e.message}${advice}`);
    }
    if (e instanceof RunError) {
      const message = commandLineWords(e.words).replace(/\.$/, '');
      if (e instanceof SettingError) throw usageError(message, args.command.name);
      printDiagnostics(e.diagnostics ?? [], args, io);
      throw failure(message);
    }
    if (e instanceof OutOfMemoryError) throw failure(`there is not enough memory: ${e.message}`);
    // A file that is not what it was a moment ago, a disk that is full, a limit of the process: not a fault of enetc.
    const problem = systemProblem(e);
    throw problem === undefined ? e : failure(problem);
  }
}
