import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { enetc, folder, tiny } from '../cli/fake-io.ts';

/** Of its own, so that it shows what is left there. */
const temporary = mkdtempSync(join(tmpdir(), 'enetc-temporary-'));
beforeAll(() => vi.stubEnv('TMPDIR', temporary));
afterEach(() => expect(readdirSync(temporary).filter((name) => name.startsWith('enetc-bench-'))).toEqual([]));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

const quick = ['--seconds', '0.2'];

test('measures a spec in ONNX Runtime', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const argv = ['bench', 'tiny.enet', '--variant', 'b', '--batch', '3', '--threads', '2', '--json', ...quick];
  const { code, out, err } = await enetc(argv, { cwd });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const report = JSON.parse(out);
  expect(report).toMatchObject({ threads: 2, batch: 3, seed: 0, engine: expect.stringMatching(/^ONNX Runtime \d/) });
  const [model] = report.models;
  expect(model).toMatchObject({ name: 'tiny.enet (published row b)', inputs: { image: [3, 3, 32, 32] } });
  expect(model.runs).toBeGreaterThanOrEqual(48);
  expect(model.median).toBeGreaterThan(0);
  expect(model.p90).toBeGreaterThanOrEqual(model.median);
  expect(report.memory.peak).toBeGreaterThanOrEqual(report.memory.before);
  expect(report.comparison).toBeUndefined();
});

test('a network and the file that compile writes of it do not differ, and a larger one takes longer', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  expect((await enetc(['compile', 'tiny.enet', '--variant', 'a', '-o', 'a.onnx'], { cwd })).code).toBe(0);
  const same = await enetc(['bench', 'tiny.enet@a', '--compare', 'a.onnx', '--json', ...quick], { cwd });
  const { comparison, models } = JSON.parse(same.out);
  expect(models.map((m: { name: string }) => m.name)).toEqual(['tiny.enet (published row a)', 'a.onnx']);
  expect(['equal', 'none']).toContain(comparison.verdict);
  const larger = ['bench', 'a.onnx', '--compare', 'tiny.enet', '--variant', 'b', '--set', 'image=[3,320,320]'];
  const { comparison: found } = JSON.parse((await enetc([...larger, '--json', ...quick], { cwd })).out);
  expect(found.low).toBeGreaterThan(1.02);
  expect(found.pairs).toBeGreaterThanOrEqual(48);
});

test('prints a table, and shows progress on a terminal alone', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const { code, out, err } = await enetc(['bench', 'tiny.enet@a', '--compare', '@b', ...quick], { cwd, tty: true });
  expect(code).toBe(0);
  expect(out).toMatch(/ONNX Runtime [\d.]+ · 1 thread · batch 1/);
  expect(out).toMatch(/tiny\.enet \(published row b\) +1×3×32×32/);
  expect(out).toMatch(/ratio [\d.]+, with 99 % confidence from [\d.]+ to [\d.]+; \d+ pairs, spread [\d.]+ %/);
  expect(out).toMatch(/faster|slower|no difference|no verdict/);
  expect(err).toContain('warming up: window 1 of at most 30');
  expect(err.endsWith('\r\x1b[K')).toBe(true);
});

test('says what cannot be measured', async () => {
  const cwd = folder({ 'tiny.enet': tiny, 'no.onnx': 'no model' });
  expect(
    (await enetc(['compile', 'tiny.enet', '--variant', 'a', '--batch', '2', '-o', 'two.onnx'], { cwd })).code,
  ).toBe(0);
  const cases = [
    [['two.onnx'], 1, "'two.onnx' has the input 'image', which takes 2 samples at a time: --batch 2"],
    [['no.onnx'], 1, "'no.onnx' cannot be loaded by ONNX Runtime"],
    [['none.onnx'], 2, "there is no file 'none.onnx'"],
    [['two.onnx', '--variant', 'a'], 2, '--variant is for a spec: an ONNX file is run as it is'],
    [['two.onnx@a'], 2, "'two.onnx' is an ONNX file and has no points"],
    [['tiny.enet@a', '--variant', 'b'], 2, '--variant and a point after @ cannot be combined'],
    [['-', '--compare', '-'], 2, 'standard input can be only one side'],
  ] as const;
  for (const [argv, code, message] of cases) {
    const ran = await enetc(['bench', ...argv, ...quick], { cwd });
    expect({ code: ran.code, err: ran.err }).toEqual({ code, err: expect.stringContaining(message) });
  }
  const broken = folder({ 'tiny.enet': tiny.replace('kernel: 3', 'kernel: "3"') });
  const ran = await enetc(['bench', 'tiny.enet', '--json'], { cwd: broken });
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out).diagnostics).toHaveLength(1);
});

test('measures a TensorFlow.js model on a backend of this machine', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const made = ['compile', 'tiny.enet', '--variant', 'a', '--target', 'tfjs', '--graph', '-q', '-o', 'graph'];
  expect((await enetc(made, { cwd })).code).toBe(0);
  const argv = ['bench', 'graph/model.json', '--compare', 'tiny.enet@a', '--engine', 'cpu', '--json', ...quick];
  const { code, out, err } = await enetc(argv, { cwd });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { engine, models, threads, comparison } = JSON.parse(out);
  expect(engine).toContain('plain TensorFlow.js');
  expect(threads).toBeUndefined();
  expect(models[0]).toMatchObject({ name: 'graph/model.json', inputs: { image: [1, 16, 16, 3] } });
  expect(models[1].inputs).toEqual(models[0].inputs);
  expect(comparison.verdict).not.toBe('faster');
});

test.skipIf(process.platform === 'win32')('Ctrl-C ends it and leaves nothing', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  // the process, as `npm test` has just built it
  const entry = fileURLToPath(new URL('../../dist/enetc.cjs', import.meta.url));
  const env = { PATH: process.env.PATH, TMPDIR: temporary };
  const child = spawn(process.execPath, [entry, 'bench', 'tiny.enet@a', '--seconds', '60'], { cwd, env });
  const ended = new Promise((done) => child.once('exit', done));
  const files = () => readdirSync(temporary, { recursive: true }).map(String);
  while (child.exitCode === null && !files().some((name) => name.endsWith('0.onnx'))) await setTimeout(20);
  await setTimeout(200);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
});
