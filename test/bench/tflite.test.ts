import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { findLite } from '../tflite/lite.ts';

const engine = findLite();
/** The Python of the tests as one of the user's. */
const env = { VIRTUAL_ENV: dirname(dirname(engine?.python ?? '')), PATH: process.env.PATH ?? '' };

test.skipIf(!engine?.python.includes('/'))(
  'TensorFlow Lite measures a spec, a file, and one against the other',
  async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const bench = (...argv: string[]) => enetc(['bench', ...argv, '--seconds', '0.1', '--json'], { cwd, env });
    await enetc(['compile', 'tiny.enet', '--variant', 'a', '--target', 'tflite', '-o', 'net.tflite'], { cwd });
    const ran = await bench(
      'net.tflite',
      '--compare',
      'tiny.enet@a',
      '--engine',
      'tflite',
      '--batch',
      '2',
      '--threads',
      '2',
    );
    expect(ran).toMatchObject({ code: 0, err: '' });
    const report = JSON.parse(ran.out);
    expect(report).toMatchObject({ engine: expect.stringMatching(/^(LiteRT|TensorFlow Lite) /), batch: 2, threads: 2 });
    expect(report.models).toHaveLength(2);
    for (const { inputs, median } of report.models) {
      expect(Object.values(inputs)).toEqual([[2, ...(Object.values(inputs)[0] as number[]).slice(1)]]);
      expect(median).toBeGreaterThan(0);
    }
    expect(report).not.toHaveProperty('memory');
    const fixed = await enetc(
      ['compile', 'tiny.enet', '--variant', 'a', '--target', 'tflite', '--batch', '3', '-o', 'three.tflite'],
      { cwd },
    );
    expect(fixed.code).toBe(0);
    expect(await bench('three.tflite')).toMatchObject({
      code: 1,
      err: expect.stringContaining('takes 3 samples at a time: --batch 3'),
    });
  },
);

test.each([
  [['net.tflite', '--engine', 'onnxruntime'], "'net.tflite' is a TensorFlow Lite file: --engine tflite"],
  [['net.onnx', '--compare', 'net.tflite'], 'a TensorFlow Lite file and an ONNX file run in different engines'],
  [['tiny.enet', '--engine', 'tflite', '--profile'], '--profile is for the engine onnxruntime'],
])('%j is refused', async (argv, message) => {
  const ran = await enetc(['bench', ...argv], { cwd: folder({ 'tiny.enet': tiny }) });
  expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
});

test('without an interpreter it says what to install', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const ran = await enetc(['bench', 'tiny.enet@a', '--engine', 'tflite'], { cwd, env: { PATH: cwd, ENETC_HOME: cwd } });
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('pip install ai-edge-litert') });
});
