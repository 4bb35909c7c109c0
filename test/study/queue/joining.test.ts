import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studiesQueue } from '../../../src/study/queue/messages.ts';
import { parseQueueAddress } from '../../../src/study/queue/queue-address.ts';
import { openQueueServer } from '../../../src/study/queue/queue-server.ts';
import { serveQueue, type WorkerOptions } from '../../../src/study/queue/serve-queue.ts';
import type { WorkerEvent } from '../../../src/study/queue/worker-events.ts';
import { startStudy } from '../../../src/study/run-study.ts';
import { writeIdx } from '../../train/run/fixture.ts';
import { placeIn, planIn, studyFolder } from '../fixture.ts';
import { missing, startServer, type TestServer } from './servers.ts';

const root = join(import.meta.dirname, '../../..');
/** With the engine, as built. */
const program = { file: join(root, 'dist/trial-worker.cjs') };
const why = missing('redis');

let server: TestServer;
beforeAll(async () => {
  if (why === undefined) server = await startServer('redis');
});
afterAll(() => server?.remove());

/** Waits for what a worker says, and ends it. */
async function heard(options: Partial<WorkerOptions>, until: (event: WorkerEvent) => boolean): Promise<WorkerEvent> {
  const controller = new AbortController();
  let found: WorkerEvent | undefined;
  const address = parseQueueAddress(server.url);
  await serveQueue(
    { address, program, concurrency: 1, cwd: root, env: process.env, ...options },
    {
      signal: controller.signal,
      onEvent(event) {
        if (found || !until(event)) return;
        found = event;
        controller.abort();
      },
    },
  );
  return found as WorkerEvent;
}

test.skipIf(why !== undefined)('a worker takes trainings only of studies that it can do', async () => {
  const cwd = studyFolder(undefined, 30);
  const settings = { batch: 12, optimiser: 'adamw', rate: 0.3 } as const;
  const plan = await planIn(cwd, { trials: 2, rungs: [1], settings, threads: 1 });
  // a folder that only the study's machine has
  const place = { ...placeIn(cwd), queue: parseQueueAddress(server.url) };
  const controller = new AbortController();
  const study = startStudy(plan, 'queued/study', place, { signal: controller.signal });
  const folder = join(cwd, 'queued/study');
  const aboutStudy = (event: WorkerEvent) => event.kind === 'study';
  expect(await heard({}, aboutStudy)).not.toHaveProperty('refused');

  // as many images with other labels, then more
  const other = join(cwd, 'other');
  writeIdx(other, 30, 30);
  const labels = join(other, 'train-labels-idx1-ubyte');
  // the header has 8 bytes
  const bytes = readFileSync(labels);
  writeFileSync(labels, Buffer.concat([bytes.subarray(0, 8), bytes.subarray(8).reverse()]));
  expect(await heard({ data: other }, aboutStudy)).toMatchObject({
    refused: expect.stringMatching(
      /^the images in '.*other' are not those of the study: their names or labels differ$/,
    ),
  });
  writeIdx(other, 33, 30);
  expect(await heard({ data: other }, aboutStudy)).toMatchObject({
    refused: expect.stringMatching(
      /^the images in '.*other' are not those of the study: 30 images .* instead of 27 and 3$/,
    ),
  });
  expect(await heard({ data: join(cwd, 'nothing') }, aboutStudy)).toMatchObject({
    refused: expect.stringContaining('cannot be read'),
  });

  const queue = await openQueueServer(parseQueueAddress(server.url), root).queue(studiesQueue);
  const announced = async (change: object) => {
    const [job] = await queue.getJobs(['waiting']);
    await job?.updateData({ ...job.data, ...change });
    return job?.data;
  };
  const { config, ...rest } = await announced({});
  await announced({ config: { ...config, version: '0.0.1' } });
  expect(await heard({}, aboutStudy)).toMatchObject({ refused: 'it belongs to enetc 0.0.1, this is from source' });
  await announced({ config: { ...config, backend: 'cuda' } });
  expect(await heard({}, aboutStudy)).toMatchObject({
    refused: expect.stringMatching(/^the backend cuda does not work here/),
  });
  await announced({ ...rest, config, folder: join(cwd, 'elsewhere') });
  expect(await heard({}, aboutStudy)).toMatchObject({
    refused: expect.stringContaining('is not on this machine; --runs'),
  });

  // without the folder, with the images elsewhere
  const runs = join(cwd, 'runs');
  writeIdx(join(cwd, 'moved'), 30, 30);
  const away = new AbortController();
  const worker = serveQueue(
    { address: place.queue, program, concurrency: 2, cwd: root, env: process.env, runs, data: join(cwd, 'moved') },
    { signal: away.signal },
  );
  const { finished, findings } = await study;
  away.abort();
  await worker;
  expect(finished).toBe(true);
  expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  const [own] = readdirSync(runs);
  expect(readdirSync(join(runs, own as string, 'runs'))).toHaveLength(findings.networks.length);
  const local = await startStudy(plan, 'local/study', { program, workers: 1, cwd });
  expect(readFileSync(join(folder, 'front.json'), 'utf8')).toBe(
    readFileSync(join(cwd, 'local/study/front.json'), 'utf8'),
  );
  expect(local.finished).toBe(true);
  // nothing of the study is left
  expect(await keysOf(server.url, own as string)).toEqual([]);
  await queue.close();
});

async function keysOf(url: string, id: string): Promise<string[]> {
  const Redis = createRequire(import.meta.url)('ioredis') as typeof import('ioredis').default;
  const redis = new Redis(url);
  const keys = await redis.keys(`*${id}*`);
  redis.disconnect();
  return keys;
}
