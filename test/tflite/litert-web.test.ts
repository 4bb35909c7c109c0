import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { turned } from '../../src/backends/parity/values.ts';
import { startInterpreter } from '../../src/backends/tflite/interpreter.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { differenceOf } from '../forms/run-forms.ts';
import { compileLibrary } from '../library-points.ts';
import { runOrt } from '../onnx/emit.ts';
import { findLite } from './lite.ts';

const packages = join(import.meta.dirname, '../../node_modules/@litertjs');
const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (!browser) console.warn('skipped: no Chromium (set CHROMIUM to its path): no file runs in LiteRT for the web');

/** LiteRT.js as a page without a bundler has it: its modules, and what it imports by name. */
const page = `<!doctype html><script type="importmap">${JSON.stringify({
  imports: { '@litertjs/core': '/core/dist/index.js', '@litertjs/wasm-utils': '/wasm-utils/dist/index.js' },
})}</script>`;

const types: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm' };

async function serve(models: string): Promise<string> {
  const server: Server = createServer((request, response) => {
    const name = request.url ?? '/';
    if (name === '/') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    const path = [packages, models].map((at) => join(at, name)).find((at) => existsSync(at));
    if (path === undefined) return response.writeHead(404).end();
    const type = types[name.split('.').at(-1) as string] ?? 'application/octet-stream';
    return response.writeHead(200, { 'Content-Type': type }).end(readFileSync(path));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const point = ['mobilenet-v3', '--variant', 'small', '--resolution', '64', '--set', 'classes=10', '-q'];
/** LiteRT for the web takes files of a stated batch alone. */
const files = {
  'float.tflite': { batch: 2, options: [] },
  'half.tflite': { batch: 1, options: ['--half'] },
  'int8.tflite': { batch: 1, options: ['--int8', '--calibrate', 'noise', '--correct', 'none', '--no-equalise'] },
};

/** Runs in the page. */
const script = (inputs: Readonly<Record<string, number[]>>) => `(async () => {
  const { loadAndCompile, loadLiteRt, Tensor } = await import('@litertjs/core');
  await loadLiteRt('/core/wasm/');
  const found = {};
  for (const [name, values] of Object.entries(${JSON.stringify(inputs)})) {
    const model = await loadAndCompile('/' + name, { accelerator: 'wasm' });
    const [{ name: input, shape }] = model.getInputDetails();
    const { logits } = await model.run({ [input]: new Tensor(new Float32Array(values), [...shape]) });
    found[name] = [...logits.toTypedArray()];
  }
  return found;
})()`;

test.skipIf(!browser)('LiteRT for the web runs files in a browser: the outputs of ONNX Runtime', async () => {
  const cwd = folder();
  const compiled = async (file: string, options: readonly string[]) =>
    expect((await enetc(['compile', ...point, ...options, '-o', file], { cwd })).code, file).toBe(0);
  await compiled('net.onnx', []);
  const images = new Float32Array(2 * 64 * 64 * 3);
  fillNormal(images, randomState(1, 'image'), 1);
  const inputs: Record<string, number[]> = {};
  for (const [file, { batch, options }] of Object.entries(files)) {
    await compiled(file, ['--target', 'tflite', '--batch', String(batch), ...options]);
    inputs[file] = [...images.subarray(0, (images.length / 2) * batch)];
  }
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  const instance = await chromium.launch({ executablePath: browser as string, args: flags, timeout: 120_000 });
  onTestFinished(() => instance.close());
  const opened = await instance.newPage();
  await opened.goto(await serve(cwd));
  const results = (await opened.evaluate(script(inputs))) as Record<keyof typeof files, number[]>;

  const { graph } = compileLibrary('mobilenet-v3', { variant: 'small', resolution: 64 });
  const image = turned(images, 2, [3, 64, 64], 'toFirst');
  const expected = await runOrt(readFileSync(join(cwd, 'net.onnx')), graph!, { image }, 2);
  const one = expected.map((values) => values.subarray(0, values.length / 2));
  const found = (file: keyof typeof files) => [Float32Array.from(results[file])];
  expect(differenceOf(found('float.tflite'), expected)).toBeLessThan(1e-4);
  expect(differenceOf(found('half.tflite'), one)).toBeLessThan(1e-2);
  expect(differenceOf(found('int8.tflite'), one)).toBeLessThan(0.2);

  const lite = findLite();
  if (!lite) return;
  const interpreter = await startInterpreter(lite.python, lite.name);
  onTestFinished(() => interpreter.close());
  const session = await interpreter.open({ model: join(cwd, 'int8.tflite'), threads: 1, delegate: true });
  const fed = { shape: [1, 64, 64, 3], data: Float32Array.from(inputs['int8.tflite']!) };
  const { data } = (await session.run({ image: fed })).logits!;
  // the same integers, but for a step of the last layer's scale where kernels for other processors round otherwise
  expect(differenceOf(found('int8.tflite'), [data])).toBeLessThan(0.02);
});
