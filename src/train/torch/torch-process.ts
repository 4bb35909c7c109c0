import { spawn } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import type { Report, TrainEvent } from '../events.ts';
import type { RunEngine } from '../run/run-config.ts';
import { checkpointsFolder, type RunFolder } from '../run/run-folder.ts';
import type { Best } from '../run/state.ts';
import { RunError } from '../run-error.ts';
import { listOf, scriptOf } from './write-program.ts';

/** What starts a run's `train.py`. */
export interface TorchCommand {
  readonly folder: RunFolder;
  readonly engine: RunEngine;
  readonly python: string;
  /** `cpu` or `cuda`; by default what is available. */
  readonly device?: string | undefined;
  readonly workers?: number | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How it ended. */
export interface TorchEnd {
  readonly finished: boolean;
  readonly step: number;
  readonly best?: Best;
}

/** Events of `train.py` in addition to those of our own training. */
type TorchEvent =
  | TrainEvent
  | ({ readonly kind: 'end' } & TorchEnd)
  | { readonly kind: 'error'; readonly message: string };

/** How many bytes of error output are kept. */
const mostErrorText = 1 << 20;

/**
 * Runs a run's `train.py` to its end, under torchrun where it has several processes. The processes form a separate group, which
 * Ctrl-C does not reach: they finish the step when asked to stop, and end at once if this process is gone. @throws RunError with
 * its message
 */
export async function runTorch(
  command: TorchCommand,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<TorchEnd> {
  const { folder, python, cwd, env } = command;
  const child = spawn(python, argumentsOf(command), {
    cwd,
    env: { ...env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors = (errors + part).slice(-mostErrorText);
  });
  // a process that has ended is noticed by its exit
  child.stdin.on('error', () => {});
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  exit.catch(() => {});
  const stop = () => child.stdin.write('stop\n');
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  let end: TorchEnd | undefined;
  let problem: string | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const event = orUndefined(() => JSON.parse(line) as TorchEvent);
      if (event?.kind === 'end') end = event;
      else if (event?.kind === 'error') problem ??= event.message;
      else if (event?.kind === 'checkpoint' || event?.kind === 'damaged') {
        report({ ...event, path: join(folder.shown, checkpointsFolder, basename(event.path)) });
      } else if (event?.kind) report(event);
    }
    const code = await exit.catch((e: Error) => {
      throw new RunError(`'${python}' cannot be started: ${e.message}`);
    });
    if (problem !== undefined) throw new RunError(problem);
    if (end && code === 0) return end;
    throw new RunError(failure(folder, code, errors));
  } finally {
    signal?.removeEventListener('abort', stop);
    child.stdin.end();
  }
}

function argumentsOf({ folder, engine, device, workers }: TorchCommand): string[] {
  const { processes } = engine;
  const torchrun = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(processes)];
  return [
    ...(engine.parallel === 'none' ? [] : torchrun),
    scriptOf(folder),
    listOf(folder),
    ...['--resume', folder.path, '--events'],
    ...(device === undefined ? [] : ['--device', device]),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
  ];
}

/** The last line of Python's error output; all of it is kept next to the script. */
function failure(folder: RunFolder, code: number, errors: string): string {
  const file = join(dirname(scriptOf(folder)), 'errors.log');
  writeTextAtomically(file, errors);
  const lines = errors.split('\n').map((line) => line.replace(/^\[rank\d+\]: /, ''));
  const last = lines.findLast((line) => /^[\w.]*(Error|Exception|Exit)\b/.test(line));
  const said = last === undefined ? '' : `: ${last.slice(0, 300)}`;
  return `train.py ended with code ${code}${said}; all its output is in '${join(folder.shown, basename(dirname(file)), 'errors.log')}'`;
}
