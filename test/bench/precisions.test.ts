import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { precisionsText } from '../../src/bench/precisions-text.ts';
import { byteProducts } from '../../src/bench/processor.ts';
import { plain } from '../../src/report/text-table.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { findLite } from '../tflite/lite.ts';

const python = findLite()?.python;
/** The Python of the tests as one of the user's. */
const env = { VIRTUAL_ENV: dirname(dirname(python ?? '')), PATH: process.env.PATH ?? '' };

test('bench --precisions measures float32, half and int8 in each engine that there is', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const init = ['weights', 'init', 'tiny.enet', '--variant', 'a', '-o', 'tiny.safetensors', '--quiet'];
  expect(await enetc(init, { cwd })).toMatchObject({ code: 0, err: '' });
  for (let i = 0; i < 6; i++) {
    const values = new Float32Array(16 * 16 * 3);
    fillNormal(values, randomState(i, 'photo'), 60);
    const bytes = Uint8Array.from(values, (x) => Math.min(Math.max(x + 128, 0), 255));
    await sharp(bytes, { raw: { width: 16, height: 16, channels: 3 } })
      .png()
      .toFile(join(cwd, `${i}.png`));
  }
  const judged = ['--weights', 'tiny.safetensors', ...[0, 1, 2, 3, 4, 5].flatMap((i) => ['--judge', `${i}.png`])];
  const bench = ['bench', 'tiny.enet', '--variant', 'a', '--precisions', '--seconds', '0.05', '--json', ...judged];
  const { code, out, err } = await enetc(bench, { cwd, env });
  expect([code, err]).toEqual([0, '']);
  const { rows, missing } = JSON.parse(out);
  const engines = [...new Set(rows.map(({ engine }: { engine: string }) => engine))];
  const hasLite = python?.includes('/') === true;
  expect([engines.length, missing.length]).toEqual(hasLite ? [2, 0] : [1, 1]);
  for (const engine of engines) {
    const own = rows.filter((row: { engine: string }) => row.engine === engine);
    expect(own.map(({ precision }: { precision: string }) => precision)).toEqual(['float32', 'half', 'int8']);
    for (const [i, { median, comparison }] of own.entries()) {
      expect(median).toBeGreaterThan(0);
      expect(comparison?.ratio > 0).toBe(i > 0);
    }
    const [float32, half, int8] = own.map(({ answers }: { answers?: { sqnr: number } }) => answers?.sqnr);
    expect(float32).toBeUndefined();
    expect(half).toBeGreaterThan(45);
    expect(int8).toBeGreaterThan(5);
    expect(int8).toBeLessThan(half as number);
  }
});

test.each([
  [['tiny.enet', '--precisions', '--compare', '@b'], '--compare and --precisions cannot be combined'],
  [['tiny.enet', '--precisions', '--engine', 'cpu'], '--precisions measures in the engines onnxruntime and tflite'],
  [['tiny.enet', '--precisions', '--judge', 'photos'], '--judge needs --weights'],
  [['tiny.enet', '--judge', 'photos'], '--judge is for --precisions'],
  [['net.onnx', '--precisions'], "--precisions is for a spec: 'net.onnx' has one precision"],
])('%j is refused', async (argv, message) => {
  const ran = await enetc(['bench', ...argv], { cwd: folder({ 'tiny.enet': tiny }) });
  expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
});

test('what a processor has for bytes is read of its flags, and said where int8 is not faster', () => {
  const flags = (names: string) => `processor\t: 0\nflags\t\t: fpu sse2 ${names}\n`;
  expect(byteProducts('x64', flags('avx2 avx512_vnni'))?.has).toEqual(['avx512_vnni']);
  expect(byteProducts('x64', flags('avx2'))?.has).toEqual([]);
  expect(byteProducts('arm64', 'Features\t: fp asimd asimddp\n')?.has).toEqual(['asimddp']);
  expect(byteProducts('x64', undefined)).toBeUndefined();
  const slower = {
    pairs: 9,
    ratio: 1.2,
    low: 1.1,
    high: 1.3,
    spread: 0.01,
    drift: 0,
    verdict: 'slower',
    doubts: [],
  } as const;
  const row = { engine: 'LiteRT 2', precision: 'int8', bytes: 9, median: 1, spread: 0, comparison: slower } as const;
  const report = { model: 'net', threads: 1, batch: 1, rows: [row], missing: [] };
  const text = (flagText: string) =>
    precisionsText({ ...report, processor: byteProducts('x64', flags(flagText))! }, plain);
  expect(text('avx2')).toContain('int8 is not shown to be faster in LiteRT 2: this processor cannot multiply bytes');
  expect(text('avx_vnni')).toContain('this processor multiplies bytes (avx_vnni)');
});
