import { isMainThread, type MessagePort, workerData } from 'node:worker_threads';
import { failure, type Io } from './io.ts';
import type { TerminalFacts } from './process-streams.ts';
import { observeUnfinished } from './unfinished-files.ts';

/** What the thread of a supervised command is given. */
export interface SupervisedData {
  readonly supervisor: MessagePort;
  readonly stdout: TerminalFacts;
  readonly stderr: TerminalFacts;
}

/** What the thread of a supervised command tells its supervisor. */
export type ToSupervisor =
  | { readonly kind: 'write'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'began' | 'ended'; readonly path: string }
  | { readonly kind: 'read' };

/** What standard input held, or why it cannot be read. */
export type FromSupervisor = { readonly bytes: Uint8Array } | { readonly problem: string };

/** Whether this thread runs a command for the supervisor in `supervise.ts`. */
export const isSupervised = !isMainThread && workerData !== null && 'supervisor' in workerData;

/** What a command sees of the process from the thread that the supervisor has made for it. */
export function supervisedIo(): Io {
  const { supervisor, stdout, stderr } = workerData as SupervisedData;
  const tell = (message: ToSupervisor) => supervisor.postMessage(message);
  observeUnfinished((kind, path) => tell({ kind, path }));
  // The thread ends with its command, whatever its supervisor may still say.
  supervisor.unref();
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: { ...stdout, write: (text) => tell({ kind: 'write', stream: 'stdout', text }) },
    stderr: { ...stderr, write: (text) => tell({ kind: 'write', stream: 'stderr', text }) },
    readStdin: () =>
      new Promise((resolve, reject) => {
        supervisor.ref();
        supervisor.once('message', (answer: FromSupervisor) => {
          supervisor.unref();
          if ('bytes' in answer) resolve(answer.bytes);
          else reject(failure(answer.problem));
        });
        tell({ kind: 'read' });
      }),
  };
}
