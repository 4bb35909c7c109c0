import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planIn, studyFolder } from '../fixture.ts';
import { buildPrograms, createFleet, foundOf, layStudy, type Programs } from './fleet.ts';
import { missing, startServer } from './servers.ts';

const why = missing('redis');

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms();
});
afterAll(() => programs.remove());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(20);
}

test.skipIf(why !== undefined)(
  'what ends while the server is away waits in a file, and is delivered by the next worker',
  async () => {
    const cwd = studyFolder();
    const folder = layStudy(join(cwd, 'study'), await planIn(cwd, { trials: 3, rungs: [1], algorithm: 'random' }));
    const server = await startServer('redis');
    const fleet = createFleet(programs, server.url, cwd, 100);
    try {
      const study = fleet.study(folder.path);
      const first = fleet.worker();
      await until(() => first.said().includes('"started"'));
      await server.kill();
      await until(() => first.said().includes('"ended"'));
      const spool = join(folder.path, 'spool');
      expect(readdirSync(spool)).toEqual([expect.stringMatching(/^t[0-9a-f]{32}\.json$/)]);
      first.process.kill('SIGKILL');
      await first.ended;
      await server.start();
      const second = fleet.worker();
      expect(await study.ended, study.said()).toBe(0);
      expect(second.said()).toContain('"delivered"');
      const { trials, steps, repeated } = foundOf(folder);
      // the starting point too, unless it was drawn
      expect([3, 4]).toContain(trials);
      expect(repeated).toBe(0);
      expect(fleet.steps()).toBe(steps);
      expect(readdirSync(spool)).toEqual([]);
    } finally {
      fleet.end();
      await server.remove();
    }
  },
);

test.skipIf(why !== undefined)(
  'a worker that is stopped gives its training back with a checkpoint; a study that is stopped is gone on with',
  async () => {
    const cwd = studyFolder();
    const folder = layStudy(join(cwd, 'study'), await planIn(cwd, { trials: 3, rungs: [1], algorithm: 'random' }));
    const server = await startServer('redis');
    const fleet = createFleet(programs, server.url, cwd, 100);
    try {
      const stopped = fleet.study(folder.path);
      // a lock of minutes: only a training that is given back begins again in time
      const first = fleet.worker({ TEST_LOCK_MS: '600000' });
      await until(() => first.said().includes('"started"') && fleet.steps() >= 2);
      first.process.kill('SIGTERM');
      expect(await first.ended).toBe(0);
      expect(first.said()).toContain('"returned"');
      const second = fleet.worker({ TEST_LOCK_MS: '600000' });
      await until(() => second.said().includes('"ended"'));
      stopped.process.kill('SIGTERM');
      expect(await stopped.ended).toBe(3);
      await until(() => second.said().includes('"left"'));
      expect(existsSync(join(folder.path, 'front.json'))).toBe(true);
      const study = fleet.study(folder.path);
      expect(await study.ended, study.said()).toBe(0);
      const { steps, repeated } = foundOf(folder);
      expect(repeated).toBe(0);
      expect(fleet.steps()).toBe(steps);
    } finally {
      fleet.end();
      await server.remove();
    }
  },
);
