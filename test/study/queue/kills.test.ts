import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextInt } from '../../../src/search/algorithms/random.ts';
import { randomState } from '../../../src/weights/random.ts';
import { planIn, studyFolder } from '../fixture.ts';
import {
  buildPrograms,
  createFleet,
  filesWith,
  foundOf,
  killGroup,
  layStudy,
  type Programs,
  type Started,
} from './fleet.ts';
import { missing, password, type ServerKind, serverKinds, startServer, type TestServer } from './servers.ts';
import { wideSpace } from './wide-space.ts';

/** 300 in all, for the figures in docs/search.md: ENET_KILLS=150 for each of the two servers. */
const kills = Number(process.env.ENET_KILLS ?? 4);
const seed = Number(process.env.ENET_SEED ?? 20_261_124);
const trials = kills > 20 ? 400 : 10;

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms();
});
afterAll(() => programs.remove());

for (const kind of serverKinds) {
  const why = missing(kind);
  if (why !== undefined) console.log(`${why}: queues over it are not tested`);
  test.skipIf(why !== undefined)(
    `whatever is killed, every network counts once and the front is the same: ${kind}`,
    { timeout: 60_000 + kills * 30_000 },
    () => killAll(kind),
  );
}

async function killAll(kind: ServerKind): Promise<void> {
  const cwd = studyFolder(wideSpace);
  const plan = await planIn(cwd, { trials, rungs: [1, 3], algorithm: 'evolution', population: 12, stopsEarly: false });
  const unbroken = layStudy(join(cwd, 'whole/study'), plan);
  const whole = createFleet(programs, undefined, cwd, 0).study(unbroken.path);
  expect(await whole.ended, whole.said()).toBe(0);

  const server = await startServer(kind);
  const folder = layStudy(join(cwd, 'broken/study'), plan);
  // the steps of the unbroken study are not counted
  const before = createFleet(programs, server.url, cwd, 0).steps();
  const fleet = createFleet(programs, server.url, cwd, kills > 20 ? 50 : 20);
  const workers = Array.from({ length: 4 }, () => kept(fleet.worker));
  try {
    const study = kept(() => fleet.study(folder.path));
    const random = randomState(seed, kind);
    const killed = { worker: 0, machine: 0, study: 0, server: 0 };
    for (let n = 0; n < kills && !study.done(); n++) {
      await setTimeout(300 + nextInt(random, 1200));
      if (study.done()) break;
      const target = (['worker', 'machine', 'study', 'server'] as const)[
        kills > 20 ? nextInt(random, 4) : n % 4
      ] as keyof typeof killed;
      killed[target]++;
      if (target === 'server') await again(server);
      else if (target === 'study') await study.kill('one');
      else await (workers[nextInt(random, workers.length)] as Kept).kill(target === 'machine' ? 'group' : 'one');
    }
    expect(await study.ended, study.said()).toBe(0);
    const done = fleet.steps() - before;
    const found = foundOf(folder);
    const wanted = foundOf(unbroken);
    const repeated = done / found.steps - 1;
    console.log(
      `${kind}: ${JSON.stringify(killed)} of ${kills} kills, ${found.trials} trainings, repeated work ${(100 * repeated).toFixed(1)} %`,
    );
    expect(found.repeated).toBe(0);
    expect(found.results).toEqual(wanted.results);
    expect(found.front).toBe(wanted.front);
    expect(filesWith(password, folder.path)).toEqual([]);
    for (const one of [study, ...workers]) expect(one.said()).not.toContain(password);
    if (kills > 20) {
      expect(Object.values(killed).reduce((a, b) => a + b, 0)).toBe(kills);
      expect(repeated).toBeLessThan(0.05);
    }
  } finally {
    for (const worker of workers) worker.release();
    fleet.end();
    await server.remove();
  }
}

/** A process that whoever runs it starts again: after it was killed, and where the server did not answer in time at its start. */
interface Kept {
  kill(what: 'one' | 'group'): Promise<void>;
  /** Does not start it again. */
  release(): void;
  /** Whether it has come to its end, and the code with which it did. */
  done(): boolean;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  said(): string;
}

function kept(start: () => Started): Kept {
  let current = start();
  let isDone = false;
  let isReleased = false;
  const run = async (): Promise<number | NodeJS.Signals | null> => {
    for (;;) {
      const code = await current.ended;
      const isLate = code === 1 && current.said().includes('cannot be used: ');
      if (isReleased || (code !== 'SIGKILL' && !isLate)) {
        isDone = true;
        return code;
      }
      current = start();
    }
  };
  return {
    ended: run(),
    done: () => isDone,
    release() {
      isReleased = true;
    },
    said: () => current.said(),
    async kill(what) {
      const { process: child, ended } = current;
      if (what === 'group') killGroup(child);
      else child.kill('SIGKILL');
      await ended;
    },
  };
}

async function again(server: TestServer): Promise<void> {
  await server.kill();
  await setTimeout(500);
  await server.start();
}
