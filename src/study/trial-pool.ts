import { type ChildProcess, fork } from 'node:child_process';
import { RunError } from '../train/run-error.ts';
import type { FromTrial, ToTrial, TrialJob } from './trial-job.ts';
import type { TrialResult } from './trial-log.ts';

/** What a child process runs: a file that calls `serveTrials`. */
export interface TrialProgram {
  readonly file: string;
  readonly execArgv?: readonly string[];
}

export interface TrialPoolOptions {
  readonly program: TrialProgram;
  /** How many child processes at a time. */
  readonly workers: number;
  /** Cores of each. */
  readonly threads: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface TrialPool {
  /**
   * Trains a network in a child process, when one is free.
   * @returns undefined where `stop` came first: the training left a checkpoint
   * @throws RunError for what would stop every other network too
   */
  run(job: TrialJob, progress: (done: number, accuracy: number | undefined) => void): Promise<TrialResult | undefined>;
  /** Trainings under way finish their step and leave a checkpoint; those that wait do not begin. */
  stop(): void;
  /** Ends the child processes. */
  close(): void;
}

interface Task {
  readonly id: number;
  readonly job: TrialJob;
  readonly progress: (done: number, accuracy: number | undefined) => void;
  readonly resolve: (result: TrialResult | undefined) => void;
  readonly reject: (error: Error) => void;
  /** Child processes that died over it. */
  deaths: number;
}

/** A network that so many child processes died over fails. */
const mostDeaths = 5;

/** Child processes that train, started as they are needed. One that dies is replaced, and its training goes on from its checkpoint. */
export function createTrialPool(options: TrialPoolOptions): TrialPool {
  const waiting: Task[] = [];
  const idle: ChildProcess[] = [];
  const busy = new Map<ChildProcess, Task>();
  let nextId = 0;
  let isStopped = false;
  let isClosed = false;
  const next = () => {
    while (waiting.length > 0 && busy.size < options.workers) {
      const task = waiting.shift() as Task;
      if (isStopped) task.resolve(undefined);
      else give(idle.pop() ?? start(), task);
    }
  };
  const give = (child: ChildProcess, task: Task) => {
    busy.set(child, task);
    child.ref();
    child.channel?.ref();
    send(child, { kind: 'job', id: task.id, job: task.job });
  };
  const free = (child: ChildProcess) => {
    busy.delete(child);
    idle.push(child);
    next();
  };
  const start = (): ChildProcess => {
    const { program, threads, env, cwd } = options;
    const child = fork(program.file, [], {
      cwd,
      execArgv: [...(program.execArgv ?? [])],
      // TensorFlow reads these, which bound the cores that one training takes
      env: { ...env, TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-2000);
    });
    child.on('message', (message: FromTrial) => hear(child, message));
    child.on('error', () => {});
    child.on('exit', (code, signal) => {
      const at = idle.indexOf(child);
      if (at >= 0) idle.splice(at, 1);
      const task = busy.get(child);
      busy.delete(child);
      if (task && !isClosed) retry(task, signal ?? `code ${code}`, said);
    });
    return child;
  };
  const hear = (child: ChildProcess, message: FromTrial) => {
    const task = busy.get(child);
    if (!task || task.id !== message.id) return;
    if (message.kind === 'progress') return task.progress(message.done, message.accuracy);
    if (message.kind === 'broken') {
      const advice = message.advice === undefined ? '' : `: ${message.advice}`;
      task.reject(new RunError(`${message.message}${advice}`));
    } else task.resolve(message.kind === 'result' ? message.result : undefined);
    free(child);
  };
  const retry = (task: Task, how: string, said: string) => {
    task.deaths++;
    const reason = `its process ended with ${how}${said.trim() === '' ? '' : `: ${said.trim().split('\n').at(-1)}`}`;
    if (isStopped) task.resolve(undefined);
    else if (task.deaths < mostDeaths) waiting.unshift(task);
    else task.resolve({ state: 'failed', accuracy: 0, accuracies: [], reason, seconds: 0 });
    next();
  };
  return {
    run: (job, progress) =>
      new Promise((resolve, reject) => {
        waiting.push({ id: nextId++, job, progress, resolve, reject, deaths: 0 });
        next();
      }),
    stop() {
      isStopped = true;
      for (const child of busy.keys()) send(child, { kind: 'stop' });
      next();
      for (const task of waiting.splice(0)) task.resolve(undefined);
    },
    close() {
      isClosed = true;
      for (const child of [...idle, ...busy.keys()]) child.kill('SIGKILL');
    },
  };
}

/** A child process that is gone does not hear; its end is noticed. */
function send(child: ChildProcess, message: ToTrial): void {
  if (child.connected) child.send(message, () => {});
}
