import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { emptyHost } from '../../src/host.ts';
import { pieceKey, tableFormat } from '../../src/search/latency/latency-table.ts';
import { createCounter } from '../../src/search/space/counter.ts';
import { discoverSpace } from '../../src/search/space/discover.ts';
import { eachEncoding } from '../../src/search/space/sample.ts';
import { compareStudies } from '../../src/study/compare-studies.ts';
import { readFindings, resumeStudy, startStudy } from '../../src/study/run-study.ts';
import { studyCsv } from '../../src/study/study-csv.ts';
import type { StudyEvent } from '../../src/study/study-events.ts';
import { findingsText } from '../../src/study/study-text.ts';
import { readTrials } from '../../src/study/trial-log.ts';
import { enetc } from '../cli/fake-io.ts';
import { placeIn, planIn, spaceSpec, studyFolder } from './fixture.ts';

/** What a network takes by the tables of these tests: a multiply-accumulate 10 ns, everything else 0.5 ms. */
const msOf = (macs: number) => 0.5 + macs / 1e5;

/** A table of the space in which time is multiply-accumulates, so that the latency of a whole network is known beforehand. */
function tableOf(
  text: string,
  request: CompileOptions = {},
  knows: (id: string, gives: string) => boolean = () => true,
) {
  const { model } = compile({ name: 'space.enet', text }, request, emptyHost);
  const space = discoverSpace(model!, request).space!;
  const counter = createCounter(model!, request, space);
  const pieces: Record<string, object> = {};
  for (const encoding of eachEncoding(space)) {
    const counted = counter.count(encoding);
    if ('failed' in counted) throw new Error(counted.failed.message);
    for (const piece of counted.pieces!) {
      const { id, takes, gives, costs } = piece;
      if (knows(id, gives)) pieces[pieceKey(piece)] = { id, takes, gives, ms: costs.macs / 1e5 };
    }
  }
  const head = { format: tableFormat, model: 'Tiny', engine: 'a clock of multiply-accumulates', batch: 1 };
  return `${JSON.stringify({ ...head, base: 0.5, pieces, networks: 9 })}\n`;
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

function withTable(spec = spaceSpec, text = tableOf(spec)): string {
  const cwd = studyFolder(spec);
  writeFileSync(join(cwd, 'table.json'), text);
  return cwd;
}

test('latency by a table is what accuracy is weighed against, within a budget of it', async () => {
  const cwd = withTable();
  const plan = await planIn(cwd, { table: 'table.json', budgets: { latency: 0.8 } });
  expect(plan.config).toMatchObject({ cost: 'latency', table: { engine: 'a clock of multiply-accumulates' } });
  const found = await startStudy(plan, 'study', placeIn(cwd));
  const { networks, front, start } = found.findings;
  expect(networks.length).toBeGreaterThan(10);
  for (const { latency, macs, trial } of networks) {
    expect(latency).toBeCloseTo(msOf(macs), 9);
    if (trial > 0) expect(latency).toBeLessThanOrEqual(0.8);
  }
  // the space has larger ones
  const free = await startStudy(await planIn(cwd, { table: 'table.json' }), 'free/study', placeIn(cwd));
  expect(Math.max(...free.findings.networks.map(({ latency }) => latency!))).toBeGreaterThan(0.8);
  expect(front.map(({ latency }) => latency)).toEqual(front.map(({ latency }) => latency!).sort((a, b) => a - b));
  for (const record of front) {
    expect(front.filter((o) => o.accuracy > record.accuracy && o.latency! <= record.latency!)).toEqual([]);
  }
  expect(JSON.parse(read(cwd, 'study/front.json')).front[0].latency).toBe(front[0]!.latency);
  expect(findingsText(found)).toMatch(/memory +latency +point/);
  expect(read(cwd, 'study/report.html')).toContain('a clock of multiply-accumulates');
  // networks are in the order in which their trainings ended; the start is the first that was begun
  const [head, ...rows] = studyCsv(found.config, readTrials(found.folder), found.scorer)
    .split('\n')
    .map((line) => line.split(','));
  const first = rows.find((row) => row[head!.indexOf('trial')] === '0')!;
  expect(Number(first[head!.indexOf('latency')])).toBe(start!.latency);
});

test('the folder keeps the table: resumed without the file that it came from, to the same front', async () => {
  const cwd = withTable();
  const plan = await planIn(cwd, { table: 'table.json', rungs: [1, 2] });
  await startStudy(plan, 'whole/study', placeIn(cwd));
  const controller = new AbortController();
  let seen = 0;
  const onEvent = (event: StudyEvent) => {
    if (event.kind === 'trial' && ++seen === 5) controller.abort();
  };
  const { finished } = await startStudy(plan, 'broken/study', placeIn(cwd), { signal: controller.signal, onEvent });
  expect(finished).toBe(false);
  rmSync(join(cwd, 'table.json'));
  expect(read(cwd, 'broken/study/latency.json')).toBe(tableOf(spaceSpec));

  const kept = join(cwd, 'broken/study/latency.json');
  renameSync(kept, `${kept}.away`);
  await expect(resumeStudy('broken/study', placeIn(cwd))).rejects.toThrow(/latency\.json' cannot be read/);
  writeFileSync(kept, tableOf(spaceSpec).replace('"base":0.5', '"base":0.6'));
  await expect(resumeStudy('broken/study', placeIn(cwd))).rejects.toThrow(/is not the table that the study began with/);
  renameSync(`${kept}.away`, kept);
  expect((await resumeStudy('broken/study', placeIn(cwd, 3))).finished).toBe(true);
  expect(read(cwd, 'broken/study/front.json')).toBe(read(cwd, 'whole/study/front.json'));
});

test("a spec's maximize of latency_ms, rewards and the additive search go by the table", async () => {
  const spec = spaceSpec.replace(/\n}\n$/, '\n  maximize accuracy * (latency_ms / 1.2) ^ -0.07\n}\n');
  const cwd = withTable(spec);
  await expect(planIn(cwd)).rejects.toThrow('and no latency is known here');
  const found = await startStudy(await planIn(cwd, { table: 'table.json' }), 'study', placeIn(cwd));
  expect(found.scorer.text).toBe('accuracy * (latency_ms / 1.2) ^ -0.07');
  for (const record of found.findings.networks) {
    expect(found.scorer.value(record)).toBeCloseTo(record.accuracy * (msOf(record.macs) / 1.2) ** -0.07, 9);
  }
  const reward = { name: 'abs', target: 0.8, beta: -0.1 } as const;
  const weighed = await startStudy(
    await planIn(cwd, { table: 'table.json', reward, algorithm: 'additive', budgets: { latency: 0.8 } }),
    'additive/study',
    placeIn(cwd),
  );
  const { networks } = weighed.findings;
  expect(networks.length).toBeGreaterThan(10);
  for (const record of networks.filter(({ trial }) => trial > 0)) {
    expect(record.latency).toBeLessThanOrEqual(0.8);
    expect(weighed.scorer.value(record)).toBeCloseTo(record.accuracy - 0.1 * Math.abs(msOf(record.macs) / 0.8 - 1), 9);
  }
});

test('networks that the table does not know are not trained; a table of other shapes is refused', async () => {
  // no block of the first row with 16 channels
  const partly = tableOf(spaceSpec, {}, (id, gives) => id !== 'stages.0' || !gives.startsWith('16'));
  const cwd = withTable(spaceSpec, partly);
  const { findings } = await startStudy(await planIn(cwd, { table: 'table.json' }), 'study', placeIn(cwd));
  expect(findings.networks.length).toBeGreaterThan(10);
  expect(new Set(findings.networks.map(({ point }) => point['stages.0.channels']))).toEqual(new Set(['1']));

  writeFileSync(join(cwd, 'other.json'), tableOf(spaceSpec, { set: { classes: '7' } }));
  await expect(planIn(cwd, { table: 'other.json' })).rejects.toThrow(
    /'other\.json' does not know the block 'classifier' from 16×1×1 to 3; it has other layers or shapes: from .* to 7/,
  );
  writeFileSync(join(cwd, 'none.json'), '{}');
  await expect(planIn(cwd, { table: 'none.json' })).rejects.toThrow("'none.json' is not a latency table");
  await expect(planIn(cwd, { cost: 'latency' })).rejects.toThrow("'cost: latency' needs 'table'");
  await expect(planIn(cwd, { budgets: { latency: 3 } })).rejects.toThrow("'latency' needs 'table'");
});

test('studies by different tables are not compared', async () => {
  const cwd = withTable();
  writeFileSync(join(cwd, 'slow.json'), tableOf(spaceSpec).replace('"base":0.5', '"base":50'));
  mkdirSync(join(cwd, 's'));
  for (const name of ['table', 'slow']) {
    await startStudy(await planIn(cwd, { table: `${name}.json`, trials: 3 }), `s/${name}`, placeIn(cwd));
  }
  const [one, other] = ['s/table', 's/slow'].map((shown) => readFindings({ path: join(cwd, shown), shown }));
  expect(compareStudies([one!, one!]).cost).toBe('latency');
  expect(() => compareStudies([one!, other!])).toThrow('have their latencies from different tables');
});

test('enetc search --sample takes a table, with a budget', async () => {
  const cwd = withTable();
  const search = ['search', 'space.enet'];
  const { code, out, err } = await enetc(
    [...search, '--sample', '500', '--table', 'table.json', '--latency', '800us', '--json'],
    { cwd },
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { candidates, over } = JSON.parse(out);
  expect(over).toBeGreaterThan(0);
  for (const { latency, macs } of candidates) {
    expect(latency).toBeCloseTo(msOf(macs), 9);
    expect(latency).toBeLessThanOrEqual(0.8);
  }
  const said = async (argv: string[]) => (await enetc(argv, { cwd })).err;
  expect(await said([...search, '--sample', '3', '--latency', '2ms'])).toContain('--latency needs --table');
  expect(await said([...search, '--sample', '3', '--latency', '2'])).toContain('takes a time with its unit');
  expect(await said([...search, '--count', '--table', 'table.json'])).toContain('--table needs --sample or --data');
  const study = [...search, '--data', 'data', '--table', 'table.json', '--reward', 'soft'];
  expect(await said([...study, '--target', '10M'])).toContain('--target takes a time with its unit');
});
