import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { integerOps } from '../../src/6-emit/onnx/integer-ops.ts';
import { compareEngines } from '../../src/quantise/compare-engines.ts';
import { type Engine, onnxEngine } from '../../src/quantise/engine.ts';
import { noise } from '../../src/quantise/pictures.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { lively } from '../onnx/emit.ts';
import { graphBuilder, window } from '../onnx/graph-builder.ts';
import { findLite } from '../tflite/lite.ts';

const python = findLite()?.python;
/** The Python of the tests as one of the user's. */
const env = { VIRTUAL_ENV: dirname(dirname(python ?? '')), PATH: process.env.PATH ?? '' };

test('engines are held to the distance that the integers have from float32', async () => {
  const g = graphBuilder('Net');
  const x = g.conv(g.input([3, 8, 8]), 'stem', 6, window(3, 2), { bias: true });
  const graph = g.build({ logits: g.linear(g.globalPool(g.act(x, 'act', 'relu'), 'pool'), 'classifier', 5) });
  const path = folder();
  const exact = onnxEngine(ort, path, 17);
  /** An engine that is off by a share of what it gives. */
  const off = (share: number): Engine => ({
    ...exact,
    name: `off by ${share}`,
    async open(...network) {
      const opened = await exact.open(...network);
      const run: typeof opened.run = async (images, count) => {
        const given = Object.entries(await opened.run(images, count));
        return Object.fromEntries(
          given.map(([name, values]) => [name, values.map((v, i) => v * (1 + (i % 2 ? share : -share)))]),
        );
      };
      return { ...opened, run };
    },
  });
  const broken: Engine = {
    ...exact,
    name: 'broken',
    open: () => Promise.reject(new Error('it does not open\nat all')),
  };
  const engines = [exact, off(0.001), off(0.2), broken];
  const pictures = noise(12, { channels: 3, size: [8, 8], preprocessing: { mean: [], std: [] } } as never, path);
  const form = { name: 'ONNX', graph, weights: lively(), integers: integerOps, engines };
  const rows = await compareEngines([form], exact, pictures, pictures, 1, () => {});
  pictures.close();
  expect(rows.map(({ engine, ok }) => [engine, ok])).toEqual([
    [undefined, true],
    [exact.name, true],
    ['off by 0.001', true],
    ['off by 0.2', false],
    ['broken', false],
  ]);
  expect(rows[0]!.float32!.sqnr).toBeGreaterThan(25);
  expect(rows[1]!.integers!.sqnr).toBe(Number.POSITIVE_INFINITY);
  expect(rows[2]!.integers!.sqnr).toBeCloseTo(60, 1);
  expect(rows[4]!.failure).toBe('it does not open');
});

test('verify --int8 names each form and engine', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'tiny.enet'), tiny);
  const { code, out } = await enetc(['verify', 'tiny.enet', '--int8', '--json'], { cwd, env });
  const { rows, ok } = JSON.parse(out) as { rows: { form: string; engine?: string; ok: boolean }[]; ok: boolean };
  const isLite = ({ form }: { form: string }) => form === 'TensorFlow Lite';
  expect(code).toBe(ok ? 0 : 1);
  // without VNNI, ONNX Runtime cuts sums off
  expect(rows.filter((row) => !isLite(row)).map(({ engine }) => engine !== undefined)).toEqual([false, true]);
  if (python?.includes('/')) {
    expect(rows.filter(isLite)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
  }
  const refused = await enetc(['verify', 'tiny.enet', '--calibrate', 'photos'], { cwd });
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--calibrate needs --int8')]);
});
