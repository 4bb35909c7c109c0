import { type ChildProcess, fork } from 'node:child_process';
import type { RunConfig } from '../train/run/run-config.ts';
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
  /** Cores per process. */
  readonly threads: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** @param done epochs, including the fraction of the current one. @param worker the machine, where it is not this one */
export type TrialProgress = (done: number, accuracy: number | undefined, worker?: string) => void;

/** What trains the networks of a study. */
export interface TrialPool {
  /**
   * Trains a network when a process is free. @returns undefined where `stop` came first
   * @throws RunError for what would stop every other network too
   */
  run(job: TrialJob, progress: TrialProgress): Promise<TrialResult | undefined>;
  /** Nothing more begins, and trainings under way stop where they can be continued. */
  stop(): void;
  /** @param finished whether the study is complete: what is kept for it elsewhere is no longer needed */
  close(finished: boolean): Promise<void>;
}

/** A pool of child processes. */
export interface LocalPool extends TrialPool {
  /** Why such trainings cannot be done here, on these images; undefined if they can. */
  check(job: TrialJob, images: RunConfig['images']): Promise<string | undefined>;
  close(): Promise<void>;
}

interface Task {
  readonly message: Exclude<ToTrial, { kind: 'stop' }>;
  readonly progress: TrialProgress;
  readonly resolve: (answer: FromTrial | 'stopped' | 'died') => void;
  /** How many child processes died over it, and how the last one did. */
  deaths: number;
  how: string;
}

/** A network fails after this many child processes died over it. */
const mostDeaths = 5;

/** Child processes that train, started as they are needed. One that dies is replaced, and its training goes on from its checkpoint. */
export function createTrialPool(options: TrialPoolOptions): LocalPool {
  const waiting: Task[] = [];
  const idle: ChildProcess[] = [];
  const busy = new Map<ChildProcess, Task>();
  let nextId = 0;
  let isStopped = false;
  let isClosed = false;
  const next = () => {
    while (waiting.length > 0 && busy.size < options.workers) {
      const task = waiting.shift() as Task;
      if (isStopped) task.resolve('stopped');
      else give(idle.pop() ?? start(), task);
    }
  };
  const give = (child: ChildProcess, task: Task) => {
    busy.set(child, task);
    child.ref();
    child.channel?.ref();
    send(child, task.message);
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
      // TensorFlow reads these: they bound the cores of one training
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
    if (!task || task.message.id !== message.id) return;
    if (message.kind === 'progress') return task.progress(message.done, message.accuracy);
    task.resolve(message);
    free(child);
  };
  const retry = (task: Task, how: string, said: string) => {
    task.deaths++;
    const why = reasonOf(said);
    task.how = `its process ended with ${how}${why === undefined ? '' : `: ${why}`}`;
    if (isStopped) task.resolve('stopped');
    else if (task.deaths < mostDeaths) waiting.unshift(task);
    else task.resolve('died');
    next();
  };
  /** @returns the answer of a child process, or why there is none */
  const ask = async (
    message: Task['message'],
    progress: TrialProgress,
  ): Promise<FromTrial | { died: string } | 'stopped'> => {
    const task: Task = { message, progress, resolve: () => {}, deaths: 0, how: '' };
    const answer = await new Promise<FromTrial | 'stopped' | 'died'>((resolve) => {
      waiting.push(Object.assign(task, { resolve }));
      next();
    });
    return answer === 'died' ? { died: task.how } : answer;
  };
  return {
    async run(job, progress) {
      const answer = await ask({ kind: 'job', id: nextId++, job }, progress);
      if (answer === 'stopped') return undefined;
      if ('died' in answer) return { state: 'failed', accuracy: 0, accuracies: [], reason: answer.died, seconds: 0 };
      if (answer.kind === 'broken') throw new RunError(withAdvice(answer));
      return answer.kind === 'result' ? answer.result : undefined;
    },
    async check(job, images) {
      const answer = await ask({ kind: 'check', id: nextId++, job, images }, () => {});
      if (answer === 'stopped') return 'it was stopped';
      if ('died' in answer) return answer.died;
      return answer.kind === 'checked' ? answer.problem : withAdvice(answer as FromTrial & { kind: 'broken' });
    },
    stop() {
      isStopped = true;
      for (const child of busy.keys()) send(child, { kind: 'stop' });
      next();
      for (const task of waiting.splice(0)) task.resolve('stopped');
    },
    async close() {
      isClosed = true;
      for (const child of [...idle, ...busy.keys()]) child.kill('SIGKILL');
    },
  };
}

function withAdvice({ message, advice }: FromTrial & { kind: 'broken' }): string {
  return advice === undefined ? message : `${message}: ${advice}`;
}

/** A child process that is gone does not receive it; its end is noticed. */
function send(child: ChildProcess, message: ToTrial): void {
  if (child.connected) child.send(message, () => {});
}

/** A process' last message: the error, if Node has printed one with its stack, or the last line. */
function reasonOf(said: string): string | undefined {
  const lines = said.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /^(?:[A-Z]\w*)?Error\b/.test(line)) ?? lines.findLast((line) => line !== '');
}
