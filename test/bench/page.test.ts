import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isPageResult } from '../../src/bench/page/protocol.ts';
import { run } from '../../src/cli/run.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { browserPath } from './chromium.ts';

if (!existsSync(join(import.meta.dirname, '../../dist/bench-page.js'))) throw new Error('npm run build comes first');

const quick = ['--seconds', '0', '--json'];
const env = { CHROMIUM: browserPath ?? '' };

describe.skipIf(!browserPath)('in a browser of this machine', () => {
  test.each([
    ['ort-wasm', /^ONNX Runtime Web \d+\.\d+\.\d+, WASM$/],
    // without a GPU the browser brings a driver that computes on the CPU
    ['ort-webgpu', /^ONNX Runtime Web \d+\.\d+\.\d+, WebGPU on \w+/],
  ])('%s: ONNX Runtime Web runs what compile writes of a spec', async (engine, description) => {
    const cwd = folder({ 'tiny.enet': tiny });
    const argv = ['bench', 'tiny.enet@a', '--engine', engine, '--batch', '2', ...quick];
    const { code, out, err } = await enetc(argv, { cwd, env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      engine: expect.stringMatching(description),
      ...(engine === 'ort-wasm' && { threads: 1 }),
      batch: 2,
      models: [{ name: 'tiny.enet (published row a)', inputs: { image: [2, 3, 16, 16] } }],
      device: { userAgent: expect.stringContaining('Chrome/'), wasHidden: false },
    });
    expect(report.models[0].runs).toBeGreaterThanOrEqual(48);
    expect(report.models[0].median).toBeGreaterThan(0);
    expect(report.memory.peak).toBeGreaterThan(1e6);
  });

  test.each(['tfjs-cpu', 'tfjs-wasm', 'tfjs-webgpu'])(
    '%s: a graph model of a spec, and the layers model that compile writes',
    async (engine) => {
      const cwd = folder({ 'tiny.enet': tiny });
      const made = ['compile', 'tiny.enet', '--variant', 'a', '--target', 'tfjs', '-q', '-o', 'layers'];
      expect((await enetc(made, { cwd })).code).toBe(0);
      const argv = ['bench', 'layers', '--compare', 'tiny.enet@a', '--engine', engine, ...quick];
      const { code, out, err } = await enetc(argv, { cwd, env });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const report = JSON.parse(out);
      expect(report.engine).toMatch(/^TensorFlow\.js \d.*, (WASM|plain JavaScript|WebGPU on .+)$/);
      expect(report.models.map((m: { name: string; inputs: object }) => [m.name, Object.values(m.inputs)])).toEqual([
        ['layers', [[1, 16, 16, 3]]],
        ['tiny.enet (published row a)', [[1, 16, 16, 3]]],
      ]);
      expect(report.comparison.pairs).toBeGreaterThanOrEqual(48);
    },
  );

  test('what the browser refuses is told, and nothing of it stays', async () => {
    const temporary = folder();
    vi.stubEnv('TMPDIR', temporary);
    try {
      const cwd = folder({ 'no.onnx': 'no model' });
      const { code, err } = await enetc(['bench', 'no.onnx', '--engine', 'ort-wasm', ...quick], { cwd, env });
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringContaining("the browser reports: 'no.onnx' cannot be loaded by ONNX Runtime"),
      });
      expect(readdirSync(temporary).filter((name) => name.startsWith('enetc-bench-'))).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

test.skipIf(!browserPath || process.platform === 'win32')(
  'Ctrl-C ends the browser too, and leaves nothing',
  async () => {
    const [cwd, temporary] = [folder({ 'tiny.enet': tiny }), folder()];
    // the process, as `npm test` has just built it
    const entry = join(import.meta.dirname, '../../dist/enetc.cjs');
    const argv = [entry, 'bench', 'tiny.enet@a', '--engine', 'ort-wasm', '--seconds', '60'];
    const child = spawn(process.execPath, argv, { cwd, env: { PATH: process.env.PATH, TMPDIR: temporary, ...env } });
    const ended = new Promise((done) => child.once('exit', done));
    const files = () => readdirSync(temporary, { recursive: true }).map(String);
    while (child.exitCode === null && !files().some((name) => name.includes('SingletonSocket'))) await setTimeout(50);
    await setTimeout(300);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await expect.poll(files).toEqual([]);
  },
);

describe.skipIf(!browserPath)('on a device', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: browserPath as string,
      args: ['--no-sandbox'],
      timeout: 120_000,
    });
  });
  afterAll(() => browser?.close());

  /** Starts `bench --device`, and gives the address that it prints. */
  async function served(argv: readonly string[], cwd: string) {
    const written = { out: '', err: '' };
    let printed: (url: string) => void = () => {};
    const url = new Promise<string>((found) => (printed = found));
    const code = run(['bench', ...argv, '--device', ...quick], {
      cwd,
      env: {},
      stdout: { write: (text) => void (written.out += text), isTTY: false },
      stderr: {
        write: (text) => {
          written.err += text;
          const [address] = /http:\S+/.exec(written.err) ?? [];
          if (address) printed(address);
        },
        isTTY: false,
      },
      readStdin: async () => new Uint8Array(),
    });
    return { code, written, url: await Promise.race([url, code.then(() => Promise.reject(new Error(written.err)))]) };
  }

  test('the first page that knows the token measures; others get nothing', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const { code, written, url } = await served(['tiny.enet@a', '--compare', '@b'], cwd);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{24}\/$/);
    const { origin, pathname } = new URL(url);
    const statusOf = async (path: string, method = 'GET') => (await fetch(`${origin}${path}`, { method })).status;
    expect(await statusOf('/')).toBe(404);
    expect(await statusOf(`/${'x'.repeat(24)}/model/0.onnx`)).toBe(404);
    expect(await statusOf(`${pathname}model/../../package.json`)).toBe(404);
    expect(await statusOf(`${pathname}model/0.onnx`)).toBe(200);
    const context = await browser.newContext({ userAgent: 'A phone of this test' });
    const page = await context.newPage();
    const outside: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) outside.push(request.url());
    });
    // one that opens the page and leaves gives the job back
    const early = await context.newPage();
    await Promise.all([early.waitForRequest(`${url}job`), early.goto(url)]);
    await early.close({ runBeforeUnload: true });
    await expect.poll(() => early.isClosed()).toBe(true);
    await page.goto(url);
    expect(await statusOf(`${pathname}job`, 'POST')).toBe(409);
    expect(await code).toBe(0);
    await expect.poll(() => page.textContent('#state')).toBe('Measured: the result is in the terminal.');
    expect(outside).toEqual([]);
    const report = JSON.parse(written.out);
    expect(report.device.userAgent).toContain('A phone of this test');
    expect(report.models[1].inputs).toEqual({ image: [1, 3, 32, 32] });
    expect(report.comparison.low).toBeGreaterThan(0);
    await context.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  test('a result that is none is refused', async () => {
    const { code, url } = await served(['tiny.enet@a'], folder({ 'tiny.enet': tiny }));
    const post = (path: string, body: unknown) => fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
    expect((await post('result', { blocks: [[[Number.NaN]]] })).status).toBe(400);
    expect((await post('failed', 'no \u001b[31mWebGPU')).status).toBe(204);
    expect(await code).toBe(1);
  });
});

test('a result of a page is checked', () => {
  const result = {
    blocks: [
      [[1, 2], [3]],
      [[2, 2], [3]],
    ],
    warmUpRuns: 5,
    settled: true,
    inputs: [{ image: [1, 3, 8, 8] }, { image: [1, 3, 8, 8] }],
    engine: 'ONNX Runtime Web',
    userAgent: 'a phone',
    cores: null,
    memory: 12,
    wasHidden: false,
  };
  expect(isPageResult(result, 2)).toBe(true);
  const wrong: readonly object[] = [
    { blocks: [[[1, 2], [3]], [[2, 2]]] },
    {
      blocks: [
        [[1, 2], [3]],
        [[2, 2], [0]],
      ],
    },
    {
      blocks: [
        [[1, 2], []],
        [[2, 2], []],
      ],
    },
    { blocks: [[], []] },
    { inputs: [{ image: [1] }] },
    { engine: 7 },
    { memory: -1 },
    { wasHidden: undefined },
  ];
  for (const part of wrong) expect(isPageResult({ ...result, ...part }, 2), JSON.stringify(part)).toBe(false);
  expect(isPageResult(result, 1)).toBe(false);
  expect(isPageResult(null, 1)).toBe(false);
});

test('what pages do not take is said', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const cases = [
    [['tiny.enet', '--engine', 'ort-wasm', '--chromium', './none'], 1, "there is no browser './none' (--chromium)"],
    [['tiny.enet', '--device', '--engine', 'cpu'], 2, '--device measures in a browser: --engine ort-wasm'],
    [['tiny.enet', '--host', '127.0.0.1'], 2, '--host is for --device'],
    [['tiny.enet', '--engine', 'tfjs-cpu', '--threads', '2'], 2, '--threads is for the engines onnxruntime'],
    [['tiny.enet', '--engine', 'ort-wasm', '--profile'], 2, '--profile is for the engine onnxruntime'],
    [
      ['net.onnx', '--engine', 'tfjs-wasm'],
      2,
      "'net.onnx' is an ONNX file: --engine onnxruntime, ort-wasm, ort-webgpu",
    ],
    [['net.onnx', '--compare', 'model.json'], 2, 'run in different engines'],
    [['tiny.enet', '--device', '--host', '192.0.2.1'], 1, 'cannot listen on 192.0.2.1'],
  ] as const;
  for (const [argv, code, message] of cases) {
    const ran = await enetc(['bench', ...argv, ...quick], { cwd, env });
    expect({ code: ran.code, err: ran.err }).toEqual({ code, err: expect.stringContaining(message) });
  }
});
