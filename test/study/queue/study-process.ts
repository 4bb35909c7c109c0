// `node study-process.cjs FOLDER [URL]`: goes on with a study, over a queue or in child processes here.
import { join } from 'node:path';
import { parseQueueAddress } from '../../../src/study/queue/queue-address.ts';
import { resumeStudy } from '../../../src/study/run-study.ts';

const [folder, url] = process.argv.slice(2) as [string, string?];
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());

void resumeStudy(
  folder,
  {
    program: { file: join(import.meta.dirname, 'fixed-trials.cjs') },
    workers: 4,
    ...(url !== undefined && { queue: parseQueueAddress(url) }),
    cwd: process.env.TEST_ROOT ?? '',
    env: process.env,
  },
  { signal: controller.signal },
).then(({ finished }) => process.exit(finished ? 0 : 3));
