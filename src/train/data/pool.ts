import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BatchJob, FromWorker, ReadFailure, ToWorker } from './job.ts';
import { DataError } from './types.ts';

export interface PendingBatch {
  /** The images that could not be read, once all others are in place. Throws DataError if a worker has failed. */
  readonly done: Promise<readonly ReadFailure[]>;
  /** Images that no worker has begun are left out; `done` will not come. */
  cancel(): void;
}

export interface WorkerPool {
  submit(job: Omit<BatchJob, 'kind' | 'id' | 'next'>): PendingBatch;
  /** Lets the workers finish the images they have begun, and ends them. */
  close(): Promise<void>;
}

interface Waiting {
  left: number;
  readonly failures: ReadFailure[];
  /** Leaves no images for the workers to take. */
  stop(): void;
  resolve(failures: readonly ReadFailure[]): void;
  reject(error: Error): void;
}

/** A worker that has not ended by then is stopped. Decoding one image takes far less. */
const closeMs = 10_000;

/** Starts threads that prepare batches. They run until `close`, or until one of them fails, which ends all. */
export function createPool(count: number): WorkerPool {
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let nextId = 0;
  const end = (error: Error) => {
    ended ??= error;
    for (const { stop, reject } of waiting.values()) {
      stop();
      reject(ended);
    }
    waiting.clear();
  };
  const fail = (message: string) => {
    end(new DataError(`a worker that prepares images has failed: ${message}`));
    for (const worker of workers) void worker.terminate();
  };
  const hear = (message: FromWorker) => {
    if (message.kind === 'fatal') return fail(message.message);
    const batch = waiting.get(message.id);
    if (!batch) return;
    batch.failures.push(...message.failures);
    batch.left -= message.images;
    if (batch.left > 0) return;
    waiting.delete(message.id);
    batch.resolve(batch.failures.sort((a, b) => a.slot - b.slot));
  };
  const workers = Array.from({ length: count }, () => {
    const worker = startWorker();
    worker.on('message', hear);
    worker.on('error', (e) => fail(e.message));
    worker.on('exit', (code) => {
      if (!ended) fail(`it ended with code ${code}.`);
    });
    return worker;
  });

  return {
    submit(parts) {
      if (ended) throw ended;
      const id = nextId++;
      const next = new Int32Array(new SharedArrayBuffer(4));
      const images = parts.locators.length;
      const stop = () => void Atomics.store(next, 0, images);
      const done = new Promise<readonly ReadFailure[]>((resolve, reject) => {
        waiting.set(id, { left: images, failures: [], stop, resolve, reject });
      });
      // its receiver gets the error; a batch that is not awaited yet must not end the process
      done.catch(() => {});
      const job: ToWorker = { kind: 'batch', id, next, ...parts };
      for (const worker of workers) worker.postMessage(job);
      return {
        done,
        cancel() {
          stop();
          waiting.delete(id);
        },
      };
    },
    async close() {
      end(new DataError('the loader is closed.'));
      await Promise.all(workers.map(endWorker));
    },
  };
}

function endWorker(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    // a worker that has ended already sends nothing more
    if (worker.threadId === -1) return resolve();
    const timer = setTimeout(() => void worker.terminate(), closeMs);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    const close: ToWorker = { kind: 'close' };
    worker.postMessage(close);
  });
}

/** The bundle has the worker in a separate file. */
function startWorker(): Worker {
  const bundled = join(import.meta.dirname, 'loader-worker.cjs');
  const file = existsSync(bundled) ? bundled : join(import.meta.dirname, 'worker-from-source.mjs');
  return new Worker(file, { execArgv: [] });
}
