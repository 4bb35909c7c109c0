import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { compile } from '../../src/compile.ts';
import { defaultDevice } from '../../src/pipeline/device.ts';
import { type PipelinePlan, type PlanOptions, planPipeline } from '../../src/pipeline/plan.ts';
import { stdlib } from '../../src/stdlib.generated.ts';

/**
 * What Huang et al. (GPipe, NeurIPS 2019) and torchgpipe (Kim et al. 2020; kakaobrain/torchgpipe, docs/benchmarks.rst at 0.0.7)
 * measured, next to what is calculated for the same networks, cuts, batches and micro-batches. docs/distributed.md shows these rows.
 */
const page = readFileSync(new URL('../../docs/distributed.md', import.meta.url), 'utf8');
const gib = 2 ** 30;

function built(model: string, variant: string): Graph {
  const text = stdlib[`std/${model}`] ?? readFileSync(join(import.meta.dirname, `${model}.enet`), 'utf8');
  const { graph, diagnostics } = compile({ name: model, text }, { variant });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return graph!;
}

function planned(graph: Graph, options: PlanOptions): PipelinePlan {
  const plan = planPipeline(graph, options);
  if ('problem' in plan) throw new Error(plan.problem);
  return plan;
}

const memoryOf = ({ stages }: PipelinePlan) => stages.reduce((sum, { memory }) => sum + memory.total, 0) / gib;
const close = (calculated: number, measured: number) =>
  `${calculated.toFixed(2)} | ${(calculated / measured).toFixed(2)}`;

/** Cuts of a sequence of torchgpipe's layers by how many a stage has. */
const cutsOf = (layers: readonly string[], balance: readonly number[]) =>
  balance.slice(0, -1).map((_n, i) => layers[balance.slice(0, i + 1).reduce((sum, n) => sum + n, 0)] as string);

/** The layers of torchgpipe's AmoebaNet-D, by the names of the library's. */
const amoebaLayers = (cells: number) => {
  const stack = (row: string) => Array.from({ length: cells }, (_none, i) => `stages.${row}.${i}`);
  const [n0, n1, n2] = ['normal0', 'normal1', 'normal2'].map(stack) as [string[], string[], string[]];
  return ['stem', 'stages.stem0', 'stages.stem1', ...n0, 'stages.reduce0', ...n1, 'stages.reduce1', ...n2, 'head'];
};

describe("AmoebaNet-D's memory", () => {
  test.each([
    ['gpipe_18_416', 319_024_120, 6, [24], 3.57 + 0.91],
    ['gpipe_18_544', 542_734_840, 6, [16, 8], 6.07 + 3.39],
    ['gpipe_36_544', 1_055_832_376, 12, [16, 12, 7, 7], 11.8 + 6.91],
    ['gpipe_72_512', 1_844_858_344, 24, [23, 16, 11, 6, 6, 5, 5, 6], 20.62 + 10.83],
  ] as const)('%s', (variant, params, cells, balance, measured) => {
    const layers = amoebaLayers(cells);
    expect(balance.reduce((sum: number, n) => sum + n, 0)).toBe(layers.length);
    const plan = planned(built('amoebanet', variant), {
      stages: balance.length,
      cuts: cutsOf(layers, balance),
      batch: 128,
      microBatches: 128,
      schedule: 'gpipe',
      recompute: 'all',
      parameterBytes: 12,
    });
    expect(plan.stages.reduce((sum, stage) => sum + stage.params, 0)).toBe(params);
    const calculated = memoryOf(plan);
    expect(calculated / measured).toBeGreaterThan(0.9);
    expect(calculated / measured).toBeLessThan(1.1);
    const [, cellsShown, filters] = variant.split('_');
    const row = `| AmoebaNet-D (${cellsShown}, ${filters}) | ${balance.length} | ${measured.toFixed(2)} | ${close(calculated, measured)} |`;
    expect(page).toContain(row);
  });
});

/** torchgpipe's layers of the U-Net; what has no op of its own here (dropout, stashing a skip) goes by the op behind it. */
function unetLayers({ nodes }: Graph): string[] {
  return nodes.flatMap(({ op, path }, i) => {
    if (op.kind === 'input') return [];
    if (op.kind === 'conv' && path !== 'segment') return [path, nodes[i + 1]!.path];
    return op.kind === 'maxPool' ? [path, path] : [path];
  });
}

describe("the U-Nets' memory", () => {
  test.each([
    ['baseline', 362_157_516, [285], 1, 20.3],
    ['pipeline1', 2_213_834_176, [505], 32, 20.5],
    ['pipeline2', 4_993_859_008, [526, 551], 32, 43.4],
    ['pipeline4', 7_802_903_600, [472, 54, 36, 515], 32, 79.1],
    ['pipeline8', 15_822_206_000, [800, 140, 62, 36, 36, 36, 36, 987], 32, 154.1],
  ] as const)('%s', (variant, params, balance, microBatches, measured) => {
    const graph = built('unet', variant);
    const layers = unetLayers(graph);
    expect(balance.reduce((sum: number, n) => sum + n, 0)).toBe(layers.length);
    // The published networks' norms have no weights.
    const convolutions = graph.nodes.filter(({ op }) => op.kind === 'conv').flatMap(({ tensors }) => tensors);
    const count = convolutions.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
    expect(count).toBe(params);
    const plan = planned(graph, {
      stages: balance.length,
      cuts: cutsOf(layers, balance),
      batch: 32,
      microBatches,
      schedule: 'gpipe',
      recompute: microBatches === 1 ? 'none' : 'all',
      parameterBytes: 8,
    });
    const calculated = memoryOf(plan);
    const [{ value: convs }, { value: filters }] = ['convs', 'filters'].map((name) => ({
      value: unetParam(variant, name),
    })) as [{ value: string }, { value: string }];
    const stages = microBatches === 1 ? 'none' : balance.length;
    const row = `| U-Net (${convs}, ${filters}) | ${stages} | ${measured.toFixed(2)} | ${close(calculated, measured)} |`;
    expect(page).toContain(row);
    expect(calculated / measured).toBeGreaterThan(0.9);
    expect(calculated / measured).toBeLessThan(1.1);
  });
});

function unetParam(variant: string, name: string): string {
  const text = readFileSync(join(import.meta.dirname, 'unet.enet'), 'utf8');
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const rows = text
    .split('\n')
    .filter((line) => line.includes('|'))
    .map(cells);
  const header = rows.find((row) => row.includes(name)) ?? [];
  return rows.find((row) => row[1] === variant)?.[header.indexOf(name)] ?? '';
}

test("AmoebaNet-D (18, 256)'s speed", () => {
  const graph = built('amoebanet', 'gpipe_18_256');
  // A Tesla P40: about half of its 12 TFLOP/s, 250 of its 346 GB/s, PCI Express.
  const device = { ...defaultDevice, operations: 6e12, bandwidth: 250e9, link: 10e9 };
  const experiments = [
    [2, 1, 96, [7, 17], 26.733, 1],
    [2, 4, 256, [9, 15], 41.133, 1.07],
    [2, 32, 1280, [9, 15], 47.386, 1.21],
    [4, 1, 160, [3, 4, 5, 12], 26.827, 1.13],
    [4, 4, 360, [3, 6, 7, 8], 44.543, 1.26],
    [4, 32, 1152, [3, 6, 7, 8], 72.412, 1.84],
    [8, 1, 196, [2, 2, 2, 2, 2, 3, 4, 7], 24.918, 1.38],
    [8, 4, 480, [2, 2, 2, 3, 3, 4, 4, 4], 70.065, 1.72],
    [8, 32, 1280, [2, 2, 2, 3, 3, 4, 4, 4], 132.413, 3.48],
  ] as const;
  const rates = experiments.map(([stages, microBatches, batch, balance]) => {
    const asked = { stages, microBatches, batch, schedule: 'gpipe', recompute: 'all', device } as const;
    const given = planned(graph, { ...asked, cuts: cutsOf(amoebaLayers(6), balance) });
    const own = planned(graph, asked);
    return [batch / given.seconds, batch / own.seconds] as const;
  });
  const base = rates[0]![0];
  experiments.forEach(([stages, microBatches, , , measured, huang], i) => {
    const [given, own] = rates[i]!;
    const cells = [
      `${stages}`,
      `${microBatches}`,
      `${huang}×`,
      `${(measured / 26.733).toFixed(2)}×`,
      `${(given / base).toFixed(2)}×`,
      `${(own / base).toFixed(2)}×`,
    ];
    expect(page).toContain(`| ${cells.join(' | ')} |`);
    expect(given / measured).toBeGreaterThan(0.9);
    expect(given / measured).toBeLessThan(1.25);
    expect(own).toBeGreaterThanOrEqual(given);
  });
});

test.each([
  ['efficientnet', 'b7'],
  ['efficientnet', 'l2'],
  ['amoebanet', 'gpipe_72_512'],
])('%s %s in eight stages: the largest is at most 1.05 of an even share', (model, variant) => {
  const graph = built(model, variant);
  for (const microBatches of [8, 32]) {
    for (const schedule of ['gpipe', '1f1b'] as const) {
      const { balance, stages } = planned(graph, { stages: 8, batch: 256, microBatches, schedule });
      expect(stages).toHaveLength(8);
      expect(balance).toBeLessThanOrEqual(1.05);
    }
  }
});
