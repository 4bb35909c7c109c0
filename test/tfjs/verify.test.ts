import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { differenceOf } from '../../src/backends/parity/values.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { findPython } from '../oracle.ts';
import { everyLayer } from './every-layer.ts';

const output = (...data: number[]) => [{ name: 'y', shape: [data.length], data: Float32Array.from(data) }];

describe('the difference of outputs', () => {
  test('is held against the largest value of the output', () => {
    expect(differenceOf(output(1, -4), output(1, -2))).toEqual({ relative: 1, absolute: 2 });
    expect(differenceOf(output(0, 0), output(0, 0))).toEqual({ relative: 0, absolute: 0 });
  });

  test.each([
    ['what is not a number', output(Number.NaN, 1), output(1, 1)],
    ['what should be none', output(1, 1), output(Number.NaN, 1)],
    ['another size', output(1), output(1, 1)],
    ['nothing', [], output(1)],
  ])('is infinite for %s', (_what, found, expected) => {
    expect(differenceOf(found, expected).relative).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('enetc verify', () => {
  const verify = async (...argv: string[]) => {
    const cwd = folder({ 'tiny.enet': tiny });
    return enetc(['verify', 'tiny.enet', '--backend', 'cpu', ...argv], { cwd });
  };

  test('runs all forms and finds them the same', async () => {
    const ran = await verify('--json', '--batch', '3');
    expect(ran.code).toBe(0);
    const report = JSON.parse(ran.out);
    expect(report).toMatchObject({ ok: true, reference: 'ONNX, ONNX Runtime' });
    // TensorFlow Lite's interpreter and PyTorch are in a Python, and not every machine has one
    const absent = new Map(report.missing.map((one: { engine: string }) => [one.engine, one]));
    const inPython = [
      ['TensorFlow Lite', 'tflite'],
      ['PyTorch module', 'pytorch'],
    ].filter(([, engine]) => !absent.has(engine));
    for (const one of absent.values()) {
      const why = expect.stringMatching(/^there is no Python with (LiteRT|PyTorch)|cannot start it: /);
      const advice = expect.stringMatching(/^pip install (ai-edge-litert|torch safetensors pillow)$/);
      expect(one).toEqual({ engine: expect.stringMatching(/^(tflite|pytorch)$/), why, advice });
    }
    expect(report.rows.map((row: { form: string; engine: string }) => [row.form, row.engine])).toEqual([
      ['ONNX', 'onnxruntime'],
      ...inPython,
      ['layers model', 'cpu'],
      ['graph model', 'cpu'],
    ]);
    for (const { difference } of report.rows.slice(1)) expect(difference.relative).toBeLessThan(1e-5);
    expect(report.largest).toBeGreaterThan(0.01);
  });

  const torch = findPython(['torch', 'safetensors', 'PIL']);
  test.skipIf(!torch)(
    'the PyTorch module is evaluated where a Python has PyTorch: several outputs, a batch of 3',
    async () => {
      const spec =
        'model M {\n  input image: [2, 9, 7]\n  a: Conv(3, 3)\n  b: a -> bn: BatchNorm -> relu\n  c: b -> GlobalAvgPool -> fc: Linear(2)\n  return c, b\n}\n';
      const cwd = folder({ 'net.enet': spec });
      const env = { VIRTUAL_ENV: dirname(dirname(torch as string)) };
      const ran = await enetc(['verify', 'net.enet', '--backend', 'cpu', '--batch', '3', '--json'], { cwd, env });
      const row = JSON.parse(ran.out).rows.find(({ engine }: { engine: string }) => engine === 'pytorch');
      expect(row).toMatchObject({ form: 'PyTorch module', ok: true });
      expect(row.difference.relative).toBeLessThan(1e-5);
    },
  );

  test('a tolerance below rounding is not met: exit code 1, and the table says so', async () => {
    const ran = await verify('--tolerance', '1e-12');
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('DIFFERENT');
    expect(ran.out).toContain('The forms do not agree');
  });

  test('weights of a file are taken, and those that do not fit are refused', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    await enetc(['weights', 'init', 'tiny.enet', '-o', 'own.safetensors', '--seed', '3'], { cwd });
    const fitting = ['verify', 'tiny.enet', '--backend', 'cpu', '--weights', 'own.safetensors'];
    expect(await enetc(fitting, { cwd })).toMatchObject({ code: 0, err: '' });
    const ran = await enetc([...fitting, '--set', 'classes=7'], { cwd });
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('weight-shape') });
  });

  test('where nothing could run that is said once, behind the reason: exit code 1', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    // in a folder without packages, for whom nothing is installed
    const ran = await enetc(['verify', 'tiny.enet', '--backend', 'cuda'], { cwd, env: { ENETC_HOME: cwd } });
    expect(ran).toMatchObject({ code: 1, err: '' });
    const lines = ran.out.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('Nothing was verified.');
    expect(lines.at(-2)).toMatch(/^cuda: not run, /);
  });

  test('forms that a target has no output for are named with the reason; the others are run', async () => {
    const spec = (section: string) => `model M {\n  input image: [4, 9, 9]\n  ${section}\n}\n`;
    const cwd = folder({
      'net.enet': spec('c: Conv(4, 3, stride: 2, dilation: 2)'),
      'name.enet': spec('_c: Conv(4, 3)'),
    });
    // where no Python is found, so that no other form runs
    const ran = await enetc(['verify', 'net.enet', '--backend', 'cpu'], { cwd, env: { PATH: cwd } });
    expect(ran).toMatchObject({ code: 1, err: '' });
    const reason = "the target 'tfjs' does not support 'a convolution with both stride and dilation' (net.enet:3)";
    expect(ran.out).toContain(`layers model: none, ${reason}\ngraph model: none, ${reason}\n`);
    expect(ran.out).toMatch(/ONNX {2}onnxruntime .* finite\n/);
    expect(ran.out).toContain('Nothing was verified: fewer than two forms ran.');
    const report = JSON.parse(
      (await enetc(['verify', 'name.enet', '--backend', 'cpu', '--json'], { cwd, env: { PATH: cwd } })).out,
    );
    expect(report).toMatchObject({ ok: false, rows: [{ form: 'ONNX', ok: true }] });
    expect(report.refused.map(({ form }: { form: string }) => form)).toEqual(['layers model', 'graph model']);
    expect(report.refused[0].why).toContain('begin it with a letter (name.enet:3)');
  });

  test.each([
    ["an output that has an input's name", 'image: c'],
    ['an input as it is', 'image, c'],
    ['one value as three outputs', 'a: c, b: c, image: c'],
  ])('%s', async (_what, outputs) => {
    const spec = `model M {\n  input image: [2, 5, 4]\n  c: Conv(2, 3)\n  return ${outputs}\n}\n`;
    const cwd = folder({ 'net.enet': spec });
    const { code, out } = await enetc(['verify', 'net.enet', '--backend', 'cpu'], { cwd });
    expect(out).toContain('All forms agree.');
    expect(code).toBe(0);
  });

  test('a network whose outputs are all 0 verifies nothing, and says so', async () => {
    // four rows and columns are added at the top and left, and as many taken away at the other end
    const cwd = folder({ 'net.enet': 'model M {\n  input image: [2, 4, 4]\n  y: Pad(4, 0) -> Pad(0, -4)\n}\n' });
    const ran = await enetc(['verify', 'net.enet', '--backend', 'cpu'], { cwd });
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain('Nothing was verified: every output of the reference is 0.');
  });

  test.each([
    [['--tolerance', '0'], '--tolerance takes a number above 0'],
    [['--allow-missing', 'x'], '--allow-missing needs --weights'],
    [['--backend', 'gpu'], '--backend takes cuda or tensorflow or webgpu or cpu'],
  ])('%j is a wrong command line', async (argv, message) => {
    expect(await verify(...argv)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});

// A software GPU takes seconds to compile each shader.
test.each(['tensorflow', 'webgpu'])('every layer is the same on %s, where that works', async (name) => {
  const cwd = folder({ 'net.enet': everyLayer });
  const ran = await enetc(['verify', 'net.enet', '--backend', name, '--json'], {
    cwd,
    env: process.env as Record<string, string>,
  });
  const report = JSON.parse(ran.out);
  const missing = report.missing.find(({ engine }: { engine: string }) => engine === name);
  if (missing) {
    console.warn(`skipped: ${name}: ${missing.why}`);
    return;
  }
  expect(report.ok).toBe(true);
  const engines = report.rows.map((row: { engine: string }) => row.engine);
  const inPython = ['tflite', 'pytorch'];
  expect(engines.filter((engine: string) => !inPython.includes(engine))).toEqual(['onnxruntime', name, name]);
});
