import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackendFactory, IQueueBackend, Queue, Worker } from 'bullmq';
import { findPackage, resolveFrom } from '../../backends/find-package.ts';
import { RunError } from '../../train/run-error.ts';
import type { QueueAddress } from './queue-address.ts';
import { isRefusal, reasonOf } from './until-answered.ts';

/** The prefix of all keys of enetc in Redis, and its schema in PostgreSQL. */
const namespace = 'enetc';
/** How long a server may take to answer for the first time, in milliseconds. */
const longestConnect = 10_000;

/** A server of queues, through BullMQ. */
export interface QueueServer {
  readonly address: QueueAddress;
  /** Opens a queue. @throws RunError if the server does not answer or refuses */
  queue(name: string): Promise<Queue>;
  /** Opens a worker that takes jobs of a queue, one by one on request. @param lockMs how long a job stays its own without a renewal */
  taker(name: string, lockMs: number): Promise<Worker>;
}

type Bullmq = typeof import('bullmq');

/**
 * Loads BullMQ and its driver, from the user's project or next to enetc. Nothing is connected yet.
 * @throws RunError where they are not installed
 */
export function openQueueServer(address: QueueAddress, cwd: string): QueueServer {
  const bullmq = load(address, cwd);
  const isPostgres = address.kind === 'postgres';
  const options = isPostgres
    ? {
        connection: {
          connectionString: address.url,
          schema: namespace,
          migrate: true,
          max: 2,
          Client: quietClient(cwd),
        },
      }
    : { connection: { url: address.url }, prefix: namespace };
  const backend = isPostgres ? bullmq.createPostgresBackend : bullmq.createRedisBackend;
  // both backends have the same classes, whose types differ in the connection
  const { Queue, Worker } = bullmq.withBackend(backend as unknown as BackendFactory<IQueueBackend, object>);
  return {
    address,
    queue: (name) => ready(() => new Queue(name, options) as unknown as Queue, address),
    taker(name, lockMs) {
      const taking = {
        ...options,
        autorun: false,
        lockDuration: lockMs,
        stalledInterval: Math.ceil(lockMs / 3),
        // a training is not tied to a process: however many die, the next takes it up
        maxStalledCount: 1_000_000,
      };
      return ready(() => new Worker(name, undefined, taking) as unknown as Worker, address);
    },
  };
}

function load({ kind }: QueueAddress, cwd: string): Bullmq {
  const driver = kind === 'redis' ? 'ioredis' : 'pg';
  const entry = findPackage('bullmq', cwd);
  if (entry === undefined || resolveFrom(dirname(entry), driver) === undefined) {
    const missing = entry === undefined ? 'bullmq' : driver;
    throw new RunError(`a queue needs ${missing}, which is not installed ('npm install bullmq ${driver}')`, {
      setting: 'queue',
    });
  }
  return createRequire(entry)(entry) as Bullmq;
}

/**
 * PostgreSQL's client with a listener for errors. While BullMQ uses one of the pool's clients, nothing listens to its errors, and a
 * server that goes away at that moment would end the process; the query fails as well, and is repeated.
 */
function quietClient(cwd: string): unknown {
  const bullmq = findPackage('bullmq', cwd) as string;
  const { Client } = createRequire(bullmq)('pg') as { Client: new (config: unknown) => EventEmitter };
  return class extends Client {
    constructor(config: unknown) {
      super(config);
      this.on('error', () => {});
    }
  };
}

/**
 * Waits until the server answers for the first time. Later the driver reconnects by itself, and its messages about that are ignored.
 */
async function ready<T extends Queue | Worker>(open: () => T, address: QueueAddress): Promise<T> {
  const end = performance.now() + longestConnect;
  for (;;) {
    const opened = open();
    let last: unknown = new Error('it does not answer');
    (opened as Queue).on('error', (e: unknown) => {
      last = e;
    });
    try {
      await before(end, opened.waitUntilReady(), () => last);
      return opened;
    } catch (e) {
      void closeQuietly(opened);
      if (isRefusal(e) || performance.now() >= end) {
        throw new RunError(`the queue at ${address.shown} cannot be used: ${reasonOf(e)}`, { setting: 'queue' });
      }
      await delay(300);
    }
  }
}

/** @throws the result of `late`, where a promise settles after a time of `performance.now` */
async function before<T>(end: number, promise: Promise<T>, late: () => unknown): Promise<T> {
  const controller = new AbortController();
  const timeout = delay(Math.max(0, end - performance.now()), undefined, { signal: controller.signal }).then(() => {
    throw late();
  });
  timeout.catch(() => {});
  return Promise.race([promise, timeout]).finally(() => controller.abort());
}

/** Closes without waiting for an unreachable server. */
export async function closeQuietly(opened: Queue | Worker): Promise<void> {
  const closed = 'getNextJob' in opened ? opened.close(true) : opened.close();
  await before(performance.now() + 2000, closed, () => undefined).catch(() => {});
}
