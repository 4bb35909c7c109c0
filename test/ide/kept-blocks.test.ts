import { expect, test } from 'vitest';
import { entryModels } from '../../src/2-resolve/choose-model.ts';
import { variantNames } from '../../src/3-check/variants.ts';
import { buildGraph } from '../../src/5-graph/build.ts';
import { keptBuild } from '../../src/5-graph/kept-build.ts';
import type { Analysis } from '../../src/ide/core/analysis.ts';
import { createIde } from '../../src/ide/core/create-ide.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { corpus } from '../robust/corpus.ts';
import { type Edit, mutate } from '../robust/mutate.ts';
import { mainPath, memoryHost } from './fixture.ts';
import { numbersFrom } from './numbers.ts';

/** Compares what is built out of kept blocks with what is built from nothing. @returns how many networks there were */
function compareBuilds({ program, diagnosticsSoFar }: Analysis, what: string): number {
  if (diagnosticsSoFar().some((d) => d.severity === 'error')) return 0;
  let networks = 0;
  for (const model of entryModels(program)) {
    for (const request of [{}, ...variantNames(model).map((variant) => ({ variant })), { w: 1.3, d: 1.4 }]) {
      const kept = keptBuild(model, request);
      const plain = buildGraph(model, request);
      expect(kept, `${what} ${JSON.stringify(request)}`).toEqual(plain);
      if (kept.graph) networks++;
    }
  }
  return networks;
}

test('blocks kept from other points and from before an edit give the same networks', () => {
  const ide = createIde(memoryHost(new Map()));
  for (const [i, [name, text]] of Object.entries(stdlib).entries()) {
    if (name === 'std/blocks') continue;
    const numbers = [...text.matchAll(/(?<=[|(]\s*)\d+(?=\s*[|)])/g)].map((m) => m.index);
    // an edit late in the text, in its middle or before that
    const places = [numbers.at(-1), numbers[numbers.length >> 1], numbers[numbers.length >> 2]];
    for (const at of [undefined, places[i % 3]]) {
      const edited = at === undefined ? text : `${text.slice(0, at)}1${text.slice(at)}`;
      ide.open(mainPath, edited);
      const networks = compareBuilds(ide.analysis(mainPath) as Analysis, `${name} ${at}`);
      if (at !== undefined) continue;
      const models = [...entryModels((ide.analysis(mainPath) as Analysis).program)];
      expect(networks, name).toBeGreaterThanOrEqual(models.flatMap((model) => [model, ...variantNames(model)]).length);
    }
  }
});

/** Of 20 edits each. */
const rounds = Number(process.env.ENET_RUNS ?? 48);

test('so they do over random edits', () => {
  const next = numbersFrom(7_919);
  const ide = createIde(memoryHost(new Map()));
  let networks = 0;
  for (let round = 0; round < rounds; round++) {
    // most of them small; the library's take their time
    const base = round < rounds * 0.9 ? round % 12 : 12 + next(corpus.length - 12);
    const changes: Edit[] = [];
    for (let i = 0; i < 20; i++) {
      if (next(3) === 0) changes.length = 0;
      changes.push([next(1e6), next(1e6), next(1e6), next(1e6)]);
      ide.open(mainPath, mutate(base, changes, 'gentle'));
      networks += compareBuilds(ide.analysis(mainPath) as Analysis, JSON.stringify([base, changes]));
    }
  }
  expect(networks).toBeGreaterThan(rounds * 5);
});

test('calls that add no node are each told of', () => {
  const ide = createIde(memoryHost(new Map()));
  ide.open(
    mainPath,
    `block Pass(x, c: real) { return x -> relu if round(c) > 300 }
model M {
  input image: [3, 32, 32]
  s: Conv(8, 3) -> b: Conv(Pass(image, 3.5).channels + Pass(image, 3.5).channels + Pass(image, 3.5).channels, 3)
}
`,
  );
  const analysis = ide.analysis(mainPath) as Analysis;
  for (let round = 0; round < 2; round++) expect(compareBuilds(analysis, 'pass')).toBe(1);
  const [model] = entryModels(analysis.program);
  for (let round = 0; round < 2; round++) {
    const { graph } = buildGraph(model as NonNullable<typeof model>, {}, undefined, true);
    expect(graph?.nodes.at(-1)?.traces.length).toBe(3);
  }
});

test('an edit of one row leaves the nodes of the other rows the same objects', () => {
  const ide = createIde(memoryHost(new Map()));
  const text = stdlib['std/efficientnet'] as string;
  const row = text.match(/\|[^\n]*w\(40\)[^\n]*/)?.[0] as string;
  const nodesWith = (edited: string) => {
    ide.open(mainPath, edited);
    const { graph } = (ide.analysis(mainPath) as Analysis).network('EfficientNet', { variant: 'b3' }) ?? {};
    return graph?.nodes ?? [];
  };
  const before = nodesWith(text);
  const after = nodesWith(text.replace(row, row.replace('w(40)', 'w(56)')));
  expect(after.length).toBe(before.length);
  const rows = (same: boolean) =>
    new Set(after.filter((node, i) => (node === before[i]) === same && node.place.row).map((node) => node.place.row));
  // the row itself is rebuilt, of the one that reads what it gives the first block; nodes that tell of a number which
  // w rounded tell of its new place
  expect([...rows(true)].sort()).toEqual(['0', '1', '3', '4', '5', '6']);
  const rebuilt = (number: string) => after.filter((node, i) => node.place.row === number && node !== before[i]).length;
  const all = (number: string) => after.filter((node) => node.place.row === number).length;
  expect(rebuilt('2')).toBe(all('2'));
  for (const number of ['0', '1', '4', '5', '6']) expect(rebuilt(number)).toBeLessThan(all(number) / 2);
});
