import { type MessagePort, parentPort } from 'node:worker_threads';
import type { BatchJob, FromWorker, ReadFailure, ToWorker } from './job.ts';
import { MissingDecoder } from './load-sharp.ts';
import { prepareSample } from './prepare-sample.ts';
import { DataError } from './types.ts';

// A loader's worker thread: takes images of the batches it is sent until all are taken.

/** Images at a time: while one is decoded in sharp's own thread, this thread augments the other. */
const lanes = 2;

const port = parentPort as MessagePort;
let tail: Promise<void> = Promise.resolve();

port.on('message', (message: ToWorker) => {
  if (message.kind === 'close') tail = tail.then(() => port.close());
  else tail = tail.then(() => work(message));
});

async function work(job: BatchJob): Promise<void> {
  const failures: ReadFailure[] = [];
  let images = 0;
  const lane = async () => {
    for (let slot = take(job); slot < job.locators.length; slot = take(job)) {
      const reason = await prepare(job, slot);
      if (reason !== undefined) failures.push({ slot, reason });
      images++;
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    if (images > 0) tell({ kind: 'done', id: job.id, images, failures });
  } catch (e) {
    tell({ kind: 'fatal', message: e instanceof MissingDecoder ? e.message : ((e as Error).stack ?? String(e)) });
  }
}

const take = (job: BatchJob) => Atomics.add(job.next, 0, 1);

/** Puts an image into its place; returns the reason if it cannot be read. */
async function prepare({ plan, first, locators, pixels }: BatchJob, slot: number): Promise<string | undefined> {
  const size = plan.height * plan.width * plan.channels;
  try {
    const locator = locators[slot];
    if (!locator) throw new Error(`the batch has no image ${slot}`);
    pixels.set(await prepareSample(locator, first + slot, plan), slot * size);
    return undefined;
  } catch (e) {
    if (e instanceof DataError && !(e instanceof MissingDecoder)) return e.message;
    throw e;
  }
}

function tell(message: FromWorker): void {
  port.postMessage(message);
}
