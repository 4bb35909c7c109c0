// `node worker-process.cjs URL`: a worker with trainings of a fixed length.
import { join } from 'node:path';
import { parseQueueAddress } from '../../../src/study/queue/queue-address.ts';
import { serveQueue } from '../../../src/study/queue/serve-queue.ts';

const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());
const { TEST_LOCK_MS = '2000', TEST_ROOT = '', TEST_RUNS } = process.env;

void serveQueue(
  {
    address: parseQueueAddress(process.argv[2] as string),
    program: { file: join(import.meta.dirname, 'fixed-trials.cjs') },
    concurrency: 1,
    runs: TEST_RUNS,
    cwd: TEST_ROOT,
    env: process.env,
    lockMs: Number(TEST_LOCK_MS),
  },
  { signal: controller.signal, onEvent: (event) => console.log(JSON.stringify(event)) },
).then(() => process.exit(0));
