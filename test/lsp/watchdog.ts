import { Worker } from 'node:worker_threads';

/** Ends the test's process when what runs in it hangs: a test's own time limit cannot, since it needs the same thread. */
export interface Watchdog {
  /** Says what is done next. */
  now(what: string): void;
  stop(): Promise<void>;
}

const script = `
const { parentPort, workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let last = 'the start', since = Date.now();
parentPort.on('message', (what) => { last = what; since = Date.now(); });
setInterval(() => {
  if (Date.now() - since < workerData) return;
  writeSync(2, 'hangs for ' + workerData / 1000 + ' s after: ' + last + '\\n');
  process.kill(process.pid, 'SIGKILL');
});
`;

/** @param limit so long, in milliseconds, one thing may take; a busy machine is not a hang */
export function startWatchdog(limit = 120_000): Watchdog {
  const worker = new Worker(script, { eval: true, workerData: limit });
  worker.unref();
  return {
    now: (what) => worker.postMessage(what),
    stop: async () => {
      await worker.terminate();
    },
  };
}
