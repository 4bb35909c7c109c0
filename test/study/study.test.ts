import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { networkHash } from '../../src/search/network-hash.ts';
import { resumeStudy, startStudy } from '../../src/study/run-study.ts';
import type { StudyEvent } from '../../src/study/study-events.ts';
import { readTrials } from '../../src/study/trial-log.ts';
import { fakeProgram, placeIn, planIn, studyFolder } from './fixture.ts';

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const front = (cwd: string, study: string) => read(cwd, study, 'front.json');

/** Results without what a study has of its own: how long things took. */
function results(cwd: string, study: string) {
  const records = readTrials({ path: join(cwd, study), shown: study });
  return records
    .map(({ seconds, state, ...record }) => JSON.stringify(record))
    .sort()
    .join('\n');
}

test('a study finds the same whatever runs at the same time', async () => {
  const cwd = studyFolder();
  const plan = await planIn(cwd, {
    rungs: [1, 2, 4],
    stopsEarly: true,
    algorithm: 'evolution',
    population: 6,
    sample: 3,
  });
  // in folders of their own, so that none takes the results of another
  const studies = await Promise.all(
    [1, 2, 5].map((workers) => startStudy(plan, `w${workers}/study`, placeIn(cwd, workers))),
  );
  expect(studies.map(({ finished }) => finished)).toEqual([true, true, true]);
  for (const study of ['w2/study', 'w5/study']) {
    expect(front(cwd, study)).toBe(front(cwd, 'w1/study'));
    expect(results(cwd, study)).toBe(results(cwd, 'w1/study'));
  }
  const { networks } = (studies[0] as (typeof studies)[number]).findings;
  // the starting point besides, if the search has not proposed it
  expect(networks.length).toBeGreaterThanOrEqual(24);
  expect(networks.length).toBeLessThanOrEqual(25);
});

test('every network is a spec without choices, that compiles as it is', async () => {
  const cwd = studyFolder();
  const { findings } = await startStudy(await planIn(cwd), 'study', placeIn(cwd));
  const files = readdirSync(join(cwd, 'study/networks'));
  expect(files).toHaveLength(findings.networks.length);
  for (const { network, params } of findings.networks) {
    const text = read(cwd, 'study/networks', `${network}.enet`);
    const { diagnostics, graph } = compile({ name: 'n.enet', text });
    expect(diagnostics).toEqual([]);
    expect(networkHash(graph as Graph)).toBe(network);
    const tensors = graph?.nodes.flatMap((node) => node.tensors) ?? [];
    const count = tensors.filter((t) => t.trainable).reduce((sum, t) => sum + t.shape.reduce((a, b) => a * b, 1), 0);
    expect(count).toBe(params);
  }
});

test('stopped again and again, in whatever state its log is, it comes to the same front', async () => {
  const cwd = studyFolder();
  const plan = await planIn(cwd, { rungs: [1, 3] });
  await startStudy(plan, 'whole/study', placeIn(cwd));
  const stopAfter = (trials: number) => {
    const controller = new AbortController();
    let seen = 0;
    const onEvent = (event: StudyEvent) => {
      if (event.kind === 'trial' && ++seen === trials) controller.abort();
    };
    return { signal: controller.signal, onEvent };
  };
  const log = join(cwd, 'broken/study/trials.jsonl');
  const { finished } = await startStudy(plan, 'broken/study', placeIn(cwd, 3), stopAfter(4));
  expect(finished).toBe(false);
  // a process that was killed within a line
  appendFileSync(log, '{"trial":99,"network":"ab');
  await resumeStudy('broken/study', placeIn(cwd, 2), stopAfter(7));
  truncateSync(log, readFileSync(log).length - 5);
  for (let tries = 0; tries < 3; tries++) await resumeStudy('broken/study', placeIn(cwd, 1 + tries), stopAfter(5));
  const last = await resumeStudy('broken/study', placeIn(cwd, 2));
  expect(last.finished).toBe(true);
  expect(front(cwd, 'broken/study')).toBe(front(cwd, 'whole/study'));
  expect(results(cwd, 'broken/study')).toBe(results(cwd, 'whole/study'));
  // once more: nothing is trained
  const before = readFileSync(log, 'utf8');
  await resumeStudy('broken/study', { ...placeIn(cwd), program: { file: '/nowhere' } });
  expect(readFileSync(log, 'utf8')).toBe(before);
});

test('a study beside it that trained the same lends its results', async () => {
  const cwd = studyFolder();
  const plan = await planIn(cwd);
  await startStudy(plan, 'studies/a', placeIn(cwd));
  const nothing = { ...placeIn(cwd), program: { file: '/nowhere' } };
  const { findings } = await startStudy(plan, 'studies/b', nothing);
  expect(new Set(findings.networks.map(({ state }) => state))).toEqual(new Set(['reused']));
  expect(front(cwd, 'studies/b')).toBe(front(cwd, 'studies/a'));
  // another recipe is another result
  const other = await planIn(cwd, { settings: { batch: 16 }, trials: 2 });
  const { findings: own } = await startStudy(other, 'studies/c', placeIn(cwd));
  expect(new Set(own.networks.map(({ state }) => state))).toEqual(new Set(['trained']));
});

test('processes that die are replaced; a network that they die of fails', async () => {
  const cwd = studyFolder();
  const fatal = join(cwd, 'fatal.mjs');
  // every third network ends its process, whoever takes it up
  writeFileSync(
    fatal,
    `import ${JSON.stringify(fakeProgram.file)};
     import { readFileSync } from 'node:fs';
     process.prependListener('message', ({ kind, job }) => {
       if (kind === 'job' && readFileSync(job.spec).reduce((a, b) => a + b) % 3 === 0) process.kill(process.pid, 'SIGKILL');
     });`,
  );
  const plan = await planIn(cwd, { rungs: [1], trials: 12 });
  const { findings, finished } = await startStudy(plan, 'study', { ...placeIn(cwd, 3), program: { file: fatal } });
  expect(finished).toBe(true);
  for (const { network, state, reason } of findings.networks) {
    const dies = readFileSync(join(cwd, 'study/networks', `${network}.enet`)).reduce((a, b) => a + b) % 3 === 0;
    expect(state).toBe(dies ? 'failed' : 'trained');
    if (dies) expect(reason).toBe('its process ended with SIGKILL');
  }
  expect(new Set(findings.networks.map(({ state }) => state)).size).toBe(2);
});

test('a line that is none, or a log of another kind, is said', async () => {
  const cwd = studyFolder();
  await startStudy(await planIn(cwd, { trials: 2 }), 'study', placeIn(cwd));
  const path = join(cwd, 'study/trials.jsonl');
  writeFileSync(path, read(path).replace('"accuracy":0.', '"accuracy":7.'));
  await expect(resumeStudy('study', placeIn(cwd))).rejects.toThrow(
    /line 1 of 'study.trials\.jsonl' is damaged: 'accuracy' is 7\.\d+, which is out of range/,
  );
  await expect(resumeStudy('data', placeIn(cwd))).rejects.toThrow("there is no study in 'data': it has no config.json");
});
