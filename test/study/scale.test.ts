import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { ranked } from '../../src/study/findings.ts';
import { planScale, type ScaleOptions } from '../../src/study/plan-study.ts';
import { readFindings, resumeStudy, startStudy } from '../../src/study/run-study.ts';
import { openStudyKind } from '../../src/study/study-kind.ts';
import { findingsText } from '../../src/study/study-text.ts';
import { placeIn, studyFolder } from './fixture.ts';

const family = `import { ConvBnAct } from "std/blocks"

model Small {
  param classes: int = 3
  param resolution: int = r(8)
  convention tf
  scaling phi {
    d = 1.2 ^ phi // as published
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }
  input image: [1, resolution, resolution]
  stem: ConvBnAct(w(16), kernel: 3, stride: 1)
  stages: ConvBnAct {
    | repeat | channels |
    | d(3)   | w(16)    |
  }
  head: GlobalAvgPool
  classifier: Linear(classes)
}
`;

const planIn = (cwd: string, options: Partial<ScaleOptions> = {}) =>
  planScale({ spec: 'family.enet', data: 'data', backend: 'cpu', cwd, ...options });

function folderWithFamily(): string {
  const cwd = studyFolder();
  writeFileSync(join(cwd, 'family.enet'), family);
  return cwd;
}

test('candidates are ranked, and compared with other ways of scaling that are as large', async () => {
  const cwd = folderWithFamily();
  const scale = { by: 'macs' as const, tolerance: 0.1, compare: [4], step: 0.1 };
  const plan = await planIn(cwd, { rungs: [1, 2], keep: 2, scale });
  const { findings, compared, finished, config, folder } = await startStudy(plan, 'study', placeIn(cwd));
  expect(finished).toBe(true);
  const { best, front, start, networks } = findings;
  expect(start?.point).toEqual({ d: 1, w: 1, r: 1 });
  const candidates = networks.filter(({ trial, point }) => trial > 0 && point.line === undefined);
  expect(candidates.length).toBeGreaterThan(3);
  for (const { macs } of candidates) expect(Math.abs(macs / (start?.macs ?? 0) / 2 - 1)).toBeLessThanOrEqual(0.1);
  // neither the base network nor what is compared is a candidate
  const longest = candidates.filter(({ epochs }) => epochs === 2).map(({ accuracy }) => accuracy);
  expect(longest.length).toBe(Math.ceil(candidates.length / 2));
  expect(best?.accuracy).toBe(Math.max(...longest));
  expect(front).toContain(best);
  expect(compared.map(({ line }) => line)).toEqual([
    'depth',
    'width',
    'resolution',
    'compound 1.2 1.1 1.15',
    'compound as found',
    'fast',
  ]);
  for (const { record } of compared) expect(record.epochs).toBe(2);
  const found = compared.find(({ line }) => line === 'compound as found')?.factors;
  const { d, w, r } = (best as NonNullable<typeof best>).point as Record<string, number>;
  // on the line of the best coefficients: all logarithms in the same ratio, but for what rounding leaves open
  for (const [factor, rate] of [
    [found?.d, d],
    [found?.w, w],
    [found?.r, r],
  ] as const) {
    if (rate === 1) expect(factor).toBe(1);
    else expect(factor).toBeGreaterThan(1);
  }
  const accuracies = ranked(config, findings).map(({ accuracy }) => accuracy);
  expect(accuracies).toEqual(longest.toSorted((a, b) => b - a));
  // read again, it is the same
  const again = readFindings(folder);
  expect(again.compared).toEqual(compared);
  expect(findingsText(again)).toContain('compound as found');
  const front1 = readFileSync(join(cwd, 'study/front.json'), 'utf8');
  await resumeStudy('study', { ...placeIn(cwd), program: { file: '/nowhere' } });
  expect(readFileSync(join(cwd, 'study/front.json'), 'utf8')).toBe(front1);
  // what is taken out of the study builds the network at phi 1
  const text = openStudyKind(folder, config).specOf(best as NonNullable<typeof best>);
  const { point } = compile({ name: 'out.enet', text }, { phi: 1 });
  expect([point?.d.value, point?.w.value, point?.r.value]).toEqual([d, w, r]);
  expect(text).toContain('// as published');
});

test('what cannot be scaled is said before anything is trained', async () => {
  const cwd = folderWithFamily();
  await expect(planIn(cwd, { scale: { tolerance: 0.001, step: 0.7 } })).rejects.toThrow(
    /no point of the grid has 2 times the base network within 0.1 %: 'tolerance' allows more, 'step' has finer points/,
  );
  writeFileSync(
    join(cwd, 'family.enet'),
    family
      .replaceAll(/[dwr]\((\d+)\)/g, '$1')
      .replace('[1, resolution, resolution]', '[1, 8, 8]')
      .replace(/.*param resolution.*\n/, ''),
  );
  await expect(planIn(cwd)).rejects.toThrow(/'Small' cannot grow along 'compound' here/);
});
