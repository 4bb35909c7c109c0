import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { resumeStudy, startStudy } from '../../src/study/run-study.ts';
import { trainTrial } from '../../src/study/train-trial.ts';
import { readTrials } from '../../src/study/trial-log.ts';
import { train } from '../../src/train/api.ts';
import { lockRun } from '../../src/train/run/run-lock.ts';
import { planIn, studyFolder } from './fixture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** As built: from source each process would compile the program first. */
const program = { file: join(root, 'dist/trial-worker.cjs') };
const settings = { batch: 12, optimiser: 'adamw', rate: 0.3 } as const;

test('what a study says of a network is what its training gives', async () => {
  const cwd = studyFolder(undefined, 30);
  const plan = await planIn(cwd, { trials: 2, rungs: [1, 2], settings, keep: 1 });
  const { findings } = await startStudy(plan, 'study', { program, workers: 2, cwd });
  const [first] = findings.front;
  expect(first?.epochs).toBe(2);
  const { config } = plan;
  const outcome = await train({
    spec: `study/networks/${first?.network}.enet`,
    network: config.network,
    data: 'data',
    backend: 'cpu',
    settings: { ...config.settings, epochs: 2 },
    out: 'again',
    cwd,
  });
  // trained in one go, without the pause between the rungs
  expect(first?.accuracy).toBe(outcome.best?.accuracy);
  const weights = (run: string) => readFileSync(join(cwd, run, 'last.safetensors'));
  expect(weights(`study/runs/${first?.network}`).equals(weights('again'))).toBe(true);
});

test('killed in the middle of its trainings, it comes to the same front', async () => {
  const cwd = studyFolder(undefined, 30);
  const options = '--trials 3 --rungs 1,2 --batch 12 --optimiser adamw --rate 0.3 --backend cpu --threads 1'.split(' ');
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    join(root, 'src/cli/main.ts'),
    'search',
    'space.enet',
    '--data',
    'data',
    ...options,
  ];
  const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('exit', resolve));
  const killed = spawn(process.execPath, [...args, '--out', 'killed/study', '--workers', '2'], {
    cwd,
    stdio: 'ignore',
  });
  const folder = { path: join(cwd, 'killed/study'), shown: 'killed/study' };
  while (readTrials(folder).length < 2 && killed.exitCode === null) await setTimeout(20);
  killed.kill('SIGKILL');
  await ended(killed);
  const half = readTrials(folder).length;
  expect(half).toBeGreaterThanOrEqual(2);
  // trainings that were under way are there, to be continued
  expect(readdirSync(join(folder.path, 'runs')).length).toBeGreaterThanOrEqual(half);
  const { finished } = await resumeStudy('killed/study', { program, workers: 2, cwd });
  expect(finished).toBe(true);
  const plan = await planIn(cwd, { trials: 3, rungs: [1, 2], settings, threads: 1 });
  await startStudy(plan, 'whole/study', { program, workers: 1, cwd });
  const front = (study: string) => readFileSync(join(cwd, study, 'front.json'), 'utf8');
  expect(front('killed/study')).toBe(front('whole/study'));
});

test('a training waits for the process that a killed study left in its run', async () => {
  const cwd = studyFolder(undefined, 30);
  const { config } = await planIn(cwd, { rungs: [1], settings, threads: 1 });
  writeFileSync(join(cwd, 'net.enet'), plainSpec);
  const out = join(cwd, 'run');
  const { network, data } = config;
  const job = {
    key: 't0',
    root: cwd,
    network,
    data,
    settings: config.settings,
    out,
    backend: 'cpu',
    stopBelow: [],
  } as const;
  const control = { signal: new AbortController().signal, progress: () => {} };
  const to = (epochs: number) => trainTrial({ ...job, spec: join(cwd, 'net.enet'), epochs }, control);
  expect(await to(1)).toMatchObject({ state: 'trained' });
  const release = lockRun({ path: out, shown: 'run' });
  const longer = to(2);
  await setTimeout(500);
  release();
  expect(await longer).toMatchObject({ state: 'trained', accuracies: [expect.any(Number), expect.any(Number)] });
});

const plainSpec = `import { ConvBnAct } from "std/blocks"

model Plain {
  param classes: int = 3
  input image: [1, 8, 8]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  head: GlobalAvgPool
  classifier: Linear(classes)
}
`;
