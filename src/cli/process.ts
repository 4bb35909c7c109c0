import { exitCodes, failure, type Io, type OutputStream } from './io.ts';
import { Pieces } from './pieces.ts';
import { run } from './run.ts';
import { readProblem } from './system-errors.ts';
import { discardUnfinished } from './unfinished-files.ts';

/** Runs the command line of this process and sets its exit code. */
export async function runProcess(): Promise<void> {
  process.on('SIGINT', () => quit(exitCodes.interrupted));
  process.on('SIGTERM', () => quit(exitCodes.terminated));
  process.stdout.on('error', onStreamError);
  process.stderr.on('error', onStreamError);
  process.on('uncaughtException', crash);
  try {
    const code = await run(process.argv.slice(2), processIo());
    // A signal that came while the process was busy is heard in the next round of the event loop; the first of these
    // may still be in the round that the command ended in.
    for (let i = 0; i < 2; i++) await new Promise((next) => setImmediate(next));
    process.exitCode ??= code;
  } catch (e) {
    crash(e);
  } finally {
    // Ctrl-C can strike between the creation of a file and the note of it.
    discardUnfinished();
  }
}

function quit(code: number): void {
  discardUnfinished();
  process.exit(code);
}

/** A reader that closes its end (`enetc list | head -1`) is no error; a full disk is. */
function onStreamError(e: NodeJS.ErrnoException): void {
  if (e.code === 'EPIPE') quit(Number(process.exitCode ?? exitCodes.ok));
  process.exitCode = exitCodes.diagnostics;
  if (e.code !== 'EIO') process.stderr.write(`error: cannot write the output: ${e.message}\n`);
}

/** An error in enetc itself: the user cannot mend it, so it says where to take it. */
function crash(e: unknown): void {
  discardUnfinished();
  const trace = e instanceof Error ? (e.stack ?? e.message) : String(e);
  process.stderr.write(`enetc failed; this is an error in enetc, please report it with what follows:\n${trace}\n`);
  process.exit(70);
}

function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: stream(process.stdout),
    stderr: stream(process.stderr),
    readStdin: async () => {
      const pieces = new Pieces();
      try {
        for await (const piece of process.stdin) pieces.add(piece as Uint8Array);
      } catch (e) {
        throw failure(`standard input cannot be read: ${readProblem(e)}`);
      }
      return pieces.join();
    },
  };
}

function stream(out: NodeJS.WriteStream): OutputStream {
  return {
    write: (text) => void out.write(text),
    isTTY: out.isTTY === true,
    ...(out.columns !== undefined && { columns: out.columns }),
  };
}
