import { setImmediate } from 'node:timers/promises';
import { machineProblem } from '../node/system-errors.ts';
import { engineCommands } from './engine-commands.ts';
import { exitCodes, type Io, internalError } from './io.ts';
import { listenToSignals, listenToStreams, processStream, readProcessInput } from './process-streams.ts';
import { run } from './run.ts';
import { isSupervised, supervisedIo } from './supervised.ts';
import { discardUnfinished, observeUnfinished } from './unfinished-files.ts';

/** Runs the command line of this process, or of this thread of it, and sets its exit code. */
export async function runProcess(): Promise<void> {
  const argv = process.argv.slice(2);
  const io = isSupervised ? supervisedIo() : processIo(argv[0]);
  process.on('uncaughtException', (e) => crash(e, io));
  try {
    const code = await run(argv, io);
    // A signal that came while the process was busy is heard in the next round of the event loop; the first of these
    // may still be in the round that the command ended in.
    for (let i = 0; i < 2; i++) await setImmediate();
    process.exitCode ??= code;
  } catch (e) {
    crash(e, io);
  } finally {
    // A signal can strike between the creation of a file and the note of it.
    discardUnfinished();
  }
}

function crash(e: unknown, io: Io): void {
  discardUnfinished();
  const problem = machineProblem(e);
  io.stderr.write(problem === undefined ? internalError(e) : `error: ${problem}\n`);
  process.exit(problem === undefined ? exitCodes.internal : exitCodes.diagnostics);
}

function processIo(command: string | undefined): Io {
  const quit = (code: number) => {
    discardUnfinished();
    process.exit(code);
  };
  // What works without returning to the event loop would hear a signal only at its end. As long as it has no file under a
  // temporary name there is nothing to put right: it leaves signals to the system, which ends it at once.
  if (command === 'lsp' || engineCommands.some(({ name }) => name === command)) listenToSignals(quit);
  else observeUnfinished(once(() => listenToSignals(quit)));
  listenToStreams(quit);
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: processStream(process.stdout),
    stderr: processStream(process.stderr),
    readStdin: readProcessInput,
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
