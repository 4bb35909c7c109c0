import { getHeapStatistics } from 'node:v8';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { machineProblem } from '../node/system-errors.ts';
import { exitCodes, internalError } from './io.ts';
import {
  type EndingSignal,
  listenToSignals,
  listenToStreams,
  readProcessInput,
  terminalFacts,
} from './process-streams.ts';
import type { FromSupervisor, SupervisedData, ToSupervisor } from './supervised.ts';
import { discardUnfinished, noteFinished, noteUnfinished } from './unfinished-files.ts';

/** How long a thread may take to end: one that waits for a pipe which nobody reads does not. */
const mostMsToEnd = 1500;

/**
 * Runs this command line in a thread of its own, for a command that computes and writes for long: a signal is heard at once,
 * where in one thread it would wait for the end of the work. What the command then has under temporary names is removed.
 * @param file what the thread runs: it finds itself supervised and calls `supervisedIo`.
 */
export function supervise(file: string): void {
  const { port1: thread, port2: supervisor } = new MessageChannel();
  const data: SupervisedData = {
    supervisor,
    stdout: terminalFacts(process.stdout),
    stderr: terminalFacts(process.stderr),
  };
  const worker = new Worker(file, {
    argv: process.argv.slice(2),
    workerData: data,
    transferList: [supervisor],
    // As much as the process itself would have.
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20) },
  });
  const drain = () => {
    for (let next = receiveMessageOnPort(thread); next; next = receiveMessageOnPort(thread)) hear(next.message, thread);
  };
  let ended = false;
  const quit = (code: number, signal: EndingSignal = 'SIGTERM') => {
    if (ended) return;
    ended = true;
    const stuck = setTimeout(() => {
      drain();
      discardUnfinished();
      // The process would wait for the thread at its exit: only the system ends it now.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }, mostMsToEnd);
    void worker.terminate().then(() => {
      clearTimeout(stuck);
      drain();
      discardUnfinished();
      process.exit(code);
    });
  };
  listenToSignals(quit);
  listenToStreams(quit);
  thread.on('message', (message: ToSupervisor) => hear(message, thread));
  worker.on('error', (e) => {
    ended = true;
    drain();
    discardUnfinished();
    const problem = machineProblem(e);
    process.stderr.write(problem === undefined ? internalError(e) : `error: ${problem}\n`);
    process.exitCode = problem === undefined ? exitCodes.internal : exitCodes.diagnostics;
  });
  worker.on('exit', (code) => {
    if (ended) return;
    drain();
    discardUnfinished();
    thread.close();
    process.exitCode ??= code;
  });
}

function hear(message: ToSupervisor, thread: MessagePort): void {
  if (message.kind === 'write') process[message.stream].write(message.text);
  else if (message.kind === 'began') noteUnfinished(message.path);
  else if (message.kind === 'ended') noteFinished(message.path);
  else {
    const answer = (value: FromSupervisor) => thread.postMessage(value);
    readProcessInput().then(
      (bytes) => answer({ bytes }),
      (e: Error) => answer({ problem: e.message }),
    );
  }
}
