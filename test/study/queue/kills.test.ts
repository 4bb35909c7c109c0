import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextInt } from '../../../src/search/algorithms/random.ts';
import { randomState } from '../../../src/weights/random.ts';
import { planIn, studyFolder } from '../fixture.ts';
import { buildPrograms, createFleet, foundOf, killGroup, layStudy, type Programs, type Started } from './fleet.ts';
import { missing, type ServerKind, serverKinds, startServer, type TestServer } from './servers.ts';

/** 300 in all, for the figures in docs/search.md: ENET_KILLS=150 for each of the two servers. */
const kills = Number(process.env.ENET_KILLS ?? 4);
const seed = Number(process.env.ENET_SEED ?? 20_261_124);
const trials = kills > 20 ? 400 : 10;

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms();
}, 60_000);
afterAll(() => programs.remove());

/** 110,592 encodings. */
const space = `import { ConvBnAct, MBConv } from "std/blocks"

model Wide {
  param classes: int = 3
  convention tf
  input image: [1, 8, 8]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat    | channels        | kernel    | stride | expand |
    | {MBConv, ConvBnAct} | {1, 2}    | 8 * {1, 2, 3}   | {3, 5}    | 1      | {2, 3} |
    | {MBConv, ConvBnAct} | {1, 0, 2} | 8 * {2, 1, 3}   | {3, 5}    | 2      | {2, 3} |
    | {MBConv, ConvBnAct} | {1, 0}    | 8 * {2, 1, 3}   | {3, 5}    | 1      | {2, 3} |
  }
  head: GlobalAvgPool
  classifier: Linear(classes)
}
`;

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
  const cwd = studyFolder(space);
  const plan = await planIn(cwd, { trials, rungs: [1, 3], algorithm: 'evolution', population: 12, stopsEarly: false });
  const unbroken = layStudy(join(cwd, 'whole/study'), plan);
  const whole = createFleet(programs, undefined, cwd, 0).study(unbroken.path);
  expect(await whole.ended, whole.said()).toBe(0);

  const server = await startServer(kind);
  const folder = layStudy(join(cwd, 'broken/study'), plan);
  // the steps of the unbroken study are not counted
  const before = createFleet(programs, server.url, cwd, 0).steps();
  const fleet = createFleet(programs, server.url, cwd, kills > 20 ? 50 : 20);
  try {
    const workers = Array.from({ length: 4 }, () => fleet.worker());
    let study = fleet.study(folder.path);
    const random = randomState(seed, kind);
    const killed = { worker: 0, machine: 0, study: 0, server: 0 };
    for (let n = 0; n < kills && study.process.exitCode === null; n++) {
      await setTimeout(300 + nextInt(random, 1200));
      if (study.process.exitCode !== null) break;
      const target = (['worker', 'machine', 'study', 'server'] as const)[
        kills > 20 ? nextInt(random, 4) : n % 4
      ] as keyof typeof killed;
      killed[target]++;
      if (target === 'server') await again(server);
      else if (target === 'study') study = await replaced(study, 'one', () => fleet.study(folder.path));
      else {
        const at = nextInt(random, workers.length);
        workers[at] = await replaced(workers[at] as Started, target === 'machine' ? 'group' : 'one', fleet.worker);
      }
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
    if (kills > 20) {
      expect(Object.values(killed).reduce((a, b) => a + b, 0)).toBe(kills);
      expect(repeated).toBeLessThan(0.05);
    }
  } finally {
    fleet.end();
    await server.remove();
  }
}

async function replaced(started: Started, what: 'one' | 'group', next: () => Started): Promise<Started> {
  if (what === 'one') started.process.kill('SIGKILL');
  else killGroup(started.process);
  await started.ended;
  return next();
}

async function again(server: TestServer): Promise<void> {
  await server.kill();
  await setTimeout(500);
  await server.start();
}
