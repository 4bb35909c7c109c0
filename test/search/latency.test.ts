import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/api.ts';
import { createAdditiveSearch } from '../../src/search/algorithms/additive.ts';
import { runSearch } from '../../src/search/algorithms/searcher.ts';
import { partsOfSpace } from '../../src/search/algorithms/space-parts.ts';
import { calibrateTable } from '../../src/search/latency/calibrate.ts';
import { coveringNetworks, otherNetworks } from '../../src/search/latency/cover.ts';
import { fitBase } from '../../src/search/latency/fit-base.ts';
import { latencyParts } from '../../src/search/latency/latency-parts.ts';
import {
  type LatencyTable,
  latencyOf,
  parseLatencyTable,
  pieceKey,
  tableFormat,
} from '../../src/search/latency/latency-table.ts';
import { solveRidge } from '../../src/search/latency/ridge.ts';
import { tableError } from '../../src/search/latency/table-error.ts';
import { createCounter } from '../../src/search/space/counter.ts';
import { discoverSpace } from '../../src/search/space/discover.ts';
import { type Piece, piecesOf } from '../../src/search/space/pieces.ts';
import { eachEncoding } from '../../src/search/space/sample.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';

/** A table with a number for each piece of some networks. */
function tableFrom(networks: readonly (readonly Piece[])[], ms: (piece: Piece) => number): LatencyTable {
  const pieces = Object.fromEntries(
    networks.flat().map((piece) => {
      const { id, takes, gives } = piece;
      return [pieceKey(piece), { id, takes, gives, ms: ms(piece) }];
    }),
  );
  return { format: tableFormat, model: 'Net', engine: 'test', batch: 1, base: 0, pieces, networks: networks.length };
}

/** A random order of places. */
function shuffled(count: number, seed: number): number[] {
  const random = randomState(seed, 'shuffle');
  return Array.from({ length: count }, (_, i) => [nextUnit(random), i] as const)
    .sort(([a], [b]) => a - b)
    .map(([, i]) => i);
}

const text = `import { ConvBnAct, MBConv } from "std/blocks"

model Small {
  input image: [3, 32, 32]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat | channels  | kernel | stride | expand |
    | {MBConv, ConvBnAct} | 1      | {8, 16}   | 3      | 2      | {2, 3} |
    | {MBConv, ConvBnAct} | {0, 2} | {16, 24}  | {3, 5} | 1      | {2, 4} |
    | MBConv              | 1      | 32        | {3, 5} | 2      | {2, 4} |
  }
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

function openSmall() {
  const { model } = compile({ name: 'space.enet', text });
  const space = discoverSpace(model!, {}).space!;
  return { space, counter: createCounter(model!, {}, space) };
}

describe('MnasNet-A1 on a Pixel 1, as published', () => {
  const { networks } = JSON.parse(readFileSync(new URL('mnasnet-a1-pixel1.json', import.meta.url), 'utf8')) as {
    networks: { resolution: number; width: number; pixel1_ms: number }[];
  };
  const source = { name: 'a1.enet', text: readFileSync(new URL('../../stdlib/mnasnet.enet', import.meta.url), 'utf8') };
  const measured = networks.map(({ resolution, width, pixel1_ms: ms }) => {
    const { graph } = compile(source, { variant: 'a1', w: width, set: { resolution: String(resolution) } });
    return { pieces: piecesOf(graph!)!, ms };
  });
  const all = measured.map(({ pieces }) => pieces);
  const macs = tableFrom(all, ({ costs }) => costs.macs / 1e6);
  const activations = tableFrom(all, ({ costs }) => costs.activations / 1e5);
  const params = tableFrom(all, ({ costs }) => costs.params / 1e5);

  /** The errors on the other fifteen, in 20 random choices of ten. */
  const errorsWith = (tables: readonly LatencyTable[]) =>
    Array.from({ length: 20 }, (_, seed) => {
      const order = shuffled(25, seed).map((i) => measured[i] as (typeof measured)[number]);
      const { table } = calibrateTable(tables, order.slice(0, 10));
      return tableError(
        order.slice(10).map(({ pieces, ms }) => ({ predicted: latencyOf(table, pieces)!, measured: ms })),
      );
    });
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

  test('ten of them calibrate tables of plain costs for the others', () => {
    expect(measured).toHaveLength(25);
    const errors = errorsWith([macs, activations, params]);
    expect(middle(errors.map(({ median }) => median))).toBeLessThan(0.035);
    expect(Math.max(...errors.map(({ median }) => median))).toBeLessThan(0.1);
    expect(middle(errors.map(({ worst }) => worst))).toBeLessThan(0.25);
    expect(Math.min(...errors.map((e) => e.rankCorrelation))).toBeGreaterThan(0.97);
  });

  test('several tables know more than one', () => {
    const alone = [macs, activations].map((table) => middle(errorsWith([table]).map(({ median }) => median)));
    const together = middle(errorsWith([macs, activations, params]).map(({ median }) => median));
    expect(together).toBeLessThan(Math.min(...alone));
  });
});

describe('calibrating', () => {
  const { space, counter } = openSmall();
  const networks = otherNetworks(space, counter, randomState(0, 'test'), 60, []).map(({ pieces }) => pieces);
  const known = tableFrom(networks, ({ costs }) => costs.macs / 1e6 + 0.01);

  test('a machine that is twice as fast needs but the factor', () => {
    const measured = networks.slice(0, 10).map((pieces) => ({ pieces, ms: 3 + latencyOf(known, pieces)! / 2 }));
    const { table, leftOut } = calibrateTable([known], measured);
    expect(leftOut.worst).toBeLessThan(1e-9);
    for (const pieces of networks.slice(10)) {
      expect(latencyOf(table, pieces)).toBeCloseTo(3 + latencyOf(known, pieces)! / 2, 9);
    }
  });

  test('one on which a stage takes thrice as long, with noise of 1 %, is known to some per cent', () => {
    const noise = new Float32Array(networks.length);
    fillNormal(noise, randomState(1, 'noise'), 0.01);
    const truth = (pieces: readonly Piece[], i: number) =>
      (1 + (noise[i] as number)) *
      pieces.reduce((sum, p) => sum + (known.pieces[pieceKey(p)]?.ms as number) * (p.id === 'stages.1' ? 3 : 1), 0.05);
    const measured = networks.map((pieces, i) => ({ pieces, ms: truth(pieces, i) }));
    const { table } = calibrateTable([known], measured.slice(0, 10));
    const error = tableError(
      measured.slice(10).map(({ pieces, ms }) => ({ predicted: latencyOf(table, pieces)!, measured: ms })),
    );
    expect(error.median).toBeLessThan(0.04);
    const plain = fitBase(
      measured.slice(0, 10).map(({ pieces, ms }) => ({ predicted: latencyOf(known, pieces)!, measured: ms })),
    );
    const unaided = tableError(
      measured
        .slice(10)
        .map(({ pieces, ms }) => ({ predicted: plain.base + plain.scale * latencyOf(known, pieces)!, measured: ms })),
    );
    expect(error.median).toBeLessThan(unaided.median / 2);
  });

  test('it needs networks that the tables know', () => {
    const measured = networks.slice(0, 2).map((pieces) => ({ pieces, ms: 1 }));
    expect(() => calibrateTable([known], measured)).toThrow('only 2 of the measured networks are in every table');
  });
});

test('dynamic programming over a table proposes networks within the bound that the table confirms', () => {
  const { space, counter } = openSmall();
  const covering = coveringNetworks(space, counter, randomState(0, 'test'))!.map(({ pieces }) => pieces);
  const table = tableFrom(covering, ({ costs }) => costs.activations / 1e3);
  const parts = partsOfSpace(space);
  const { costs, base, worst } = latencyParts(table, parts, counter, 0);
  // what a row takes depends on the channels that the row before gives: sums cannot say that
  expect(worst).toBeGreaterThan(0.01);
  expect(worst).toBeLessThan(0.3);
  const latency = (selection: readonly number[]) => {
    const counted = counter.count(parts.encodingOf(selection));
    return 'failed' in counted ? Number.NaN : latencyOf(table, counted.pieces!)!;
  };
  const all = parts.sizes.reduce<number[][]>(
    (before, size) => before.flatMap((s) => Array.from({ length: size }, (_, a) => [...s, a])),
    [[]],
  );
  const score = (selection: readonly number[]) => selection.reduce((sum, a, part) => sum + Math.sin(a + 2 * part), 0);
  const bound = all.map(latency).sort((a, b) => a - b)[all.length >> 2] as number;
  const best = Math.max(...all.filter((s) => latency(s) <= bound).map(score));
  const found = runSearch(createAdditiveSearch(costs, bound - base, 0), (s) => [score(s)], 120);
  const within = found.filter(({ candidate }) => latency(candidate) <= bound);
  expect(within.length).toBeGreaterThan(60);
  expect(Math.max(...within.map(({ scores }) => scores[0] as number))).toBeCloseTo(best, 6);
});

describe('covering', () => {
  test('every piece of every network occurs in a few', () => {
    const { space, counter } = openSmall();
    const covering = coveringNetworks(space, counter, randomState(0, 'test'))!;
    const table = tableFrom(
      covering.map(({ pieces }) => pieces),
      () => 1,
    );
    let all = 0;
    for (const encoding of eachEncoding(space)) {
      const counted = counter.count(encoding);
      if ('failed' in counted) throw new Error(counted.failed.message);
      expect(latencyOf(table, counted.pieces!)).toBe(counted.pieces!.length);
      all++;
    }
    expect(covering.length).toBeLessThan(all / 8);
    expect(new Set(covering.map(({ encoding }) => encoding.join())).size).toBe(covering.length);
  });

  test('others are none of them', () => {
    const { space, counter } = openSmall();
    const covering = coveringNetworks(space, counter, randomState(0, 'test'))!;
    const keys = ({ pieces }: { pieces: readonly Piece[] }) => pieces.map(pieceKey).join();
    const others = otherNetworks(space, counter, randomState(0, 'others'), 20, covering);
    expect(new Set([...covering, ...others].map(keys)).size).toBe(covering.length + 20);
  });

  test('what is not a chain has none', () => {
    const { model } = compile({
      name: 'space.enet',
      text: `import { ConvBnAct } from "std/blocks"

model Two {
  input image: [3, 16, 16]
  stem: ConvBnAct(8, kernel: 3)
  stages: ConvBnAct {
    | repeat | channels | kernel |
    | 1      | 8        | {3, 5} |
  }
  sum: Add(stem, stages)
}
`,
    });
    const space = discoverSpace(model!, {}).space!;
    expect(coveringNetworks(space, createCounter(model!, {}, space), randomState(0, 'test'))).toBeUndefined();
  });
});

test('the ridge is that of the normal equations', () => {
  // numpy.linalg.solve(A.T @ A + 0.5 * numpy.eye(3), A.T @ b) with A = [[1, 2, 0], [0, 1, 3]], b = [4, 5]
  const expected = [0.5953488372093012, 1.5534883720930237, 1.0883720930232557];
  const found = solveRidge(
    [
      [1, 2, 0],
      [0, 1, 3],
    ],
    [4, 5],
    0.5,
  );
  for (const [i, x] of found.entries()) expect(x).toBeCloseTo(expected[i] as number, 12);
});

test('errors and ranks are those of scipy', () => {
  const samples = [
    [1, 1],
    [2.2, 2],
    [2.7, 3],
    [3, 2],
  ].map(([predicted, measured]) => ({ predicted: predicted as number, measured: measured as number }));
  // scipy.stats.spearmanr([1, 2.2, 2.7, 3], [1, 2, 3, 2])
  expect(tableError(samples)).toEqual({
    networks: 4,
    median: expect.closeTo(0.1, 12),
    worst: 0.5,
    rankCorrelation: expect.closeTo(0.6324555320336759, 12),
  });
});

test('what is no table is told', () => {
  const cases = [
    ['{', 'is not JSON'],
    ['{"format":"other"}', "is not a latency table (its format is not 'enetc latency table 1')"],
    [JSON.stringify({ format: tableFormat, base: 1 }), 'lacks base or pieces'],
    [
      JSON.stringify({ format: tableFormat, base: 1, pieces: { a: { id: 'stem' } } }),
      "has a piece without id or ms: 'a'",
    ],
  ] as const;
  for (const [json, message] of cases) expect(parseLatencyTable(json)).toBe(message);
});
