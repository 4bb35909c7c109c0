// How much of a quarter of one worker's time four workers take for trainings of a fixed length, over each server:
// npx tsx bench/queue.ts [trainings] [milliseconds of a tenth of a training] [redis or postgres]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planSearch } from '../src/study/plan-study.ts';
import { buildPrograms, createFleet, foundOf, layStudy } from '../test/study/queue/fleet.ts';
import { missing, serverKinds, startServer } from '../test/study/queue/servers.ts';
import { wideSpace } from '../test/study/queue/wide-space.ts';

const [trials = 400, stepMs = 100] = process.argv.slice(2, 4).map(Number);
const [, , , , only] = process.argv;
const programs = await buildPrograms();
for (const kind of serverKinds.filter((name) => only === undefined || name === only)) {
  const why = missing(kind);
  if (why !== undefined) {
    console.log(`${kind}: ${why}`);
    continue;
  }
  const seconds: number[] = [];
  for (const workers of [1, 4]) {
    const cwd = mkdtempSync(join(tmpdir(), 'enetc-bench-'));
    writeFileSync(join(cwd, 'space.enet'), wideSpace);
    writeImages(join(cwd, 'data'), 60);
    // the starting point is one of the trainings
    const search = { spec: 'space.enet', data: 'data', backend: 'cpu', algorithm: 'random', rungs: [1] } as const;
    const plan = await planSearch({ ...search, trials: trials - 1, cwd });
    const server = await startServer(kind);
    const folder = layStudy(join(cwd, 'study'), plan);
    const fleet = createFleet(programs, server.url, cwd, stepMs);
    const start = performance.now();
    for (let i = 0; i < workers; i++) fleet.worker({ TEST_LOCK_MS: '30000' });
    const study = fleet.study(folder.path);
    const code = await study.ended;
    seconds.push((performance.now() - start) / 1000);
    if (code !== 0) throw new Error(study.said());
    console.log(`${kind}: ${foundOf(folder).trials} trainings, ${workers} workers: ${seconds.at(-1)?.toFixed(1)} s`);
    fleet.end();
    await server.remove();
    rmSync(cwd, { recursive: true, force: true });
  }
  const [one, four] = seconds as [number, number];
  console.log(`${kind}: four workers take ${(four / (one / 4)).toFixed(3)} of a quarter of one's time`);
}
programs.remove();

/** Black images of three classes: nothing looks at them. */
function writeImages(folder: string, count: number): void {
  mkdirSync(folder);
  const header = (...words: number[]) =>
    Buffer.concat(words.map((word) => Buffer.from(Uint32Array.of(word).buffer).swap32()));
  for (const split of ['train', 't10k']) {
    const labels = Buffer.from(Array.from({ length: count }, (_, i) => i % 3));
    writeFileSync(join(folder, `${split}-labels-idx1-ubyte`), Buffer.concat([header(0x801, count), labels]));
    const pixels = Buffer.alloc(count * 64);
    writeFileSync(join(folder, `${split}-images-idx3-ubyte`), Buffer.concat([header(0x803, count, 8, 8), pixels]));
  }
}
