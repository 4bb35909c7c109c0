import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { enetc, folder } from '../cli/fake-io.ts';

const root = join(import.meta.dirname, '../..');
const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (!browser)
  console.warn('skipped: no Chromium (set CHROMIUM to its path): no TensorFlow.js model is loaded in a browser');

/** TensorFlow.js as users have it from a page, and nothing of the compiler. */
const page = `<!doctype html><script src="/tf.min.js"></script>`;

async function serve(path: string): Promise<string> {
  const server: Server = createServer((request, response) => {
    const name = (request.url ?? '/').split('?')[0] as string;
    if (name === '/') return response.end(page);
    const file = name === '/tf.min.js' ? join(root, 'node_modules/@tensorflow/tfjs/dist/tf.min.js') : join(path, name);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response.end(readFileSync(file));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openPage(url: string) {
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  const instance = await chromium.launch({ executablePath: browser as string, args: flags, timeout: 120_000 });
  onTestFinished(() => instance.close());
  const opened = await instance.newPage();
  const errors: string[] = [];
  opened.on('pageerror', (e) => errors.push(e.message));
  await opened.goto(url);
  return { opened, errors };
}

test.skipIf(!browser)('a page loads both models by URL with TensorFlow.js alone, and they agree', async () => {
  const cwd = folder();
  const point = [
    'efficientnet',
    '--variant',
    'b0',
    '--resolution',
    '64',
    '--set',
    'classes=10',
    '--target',
    'tfjs',
    '-q',
  ];
  expect((await enetc(['compile', ...point, '-o', 'layers'], { cwd })).code).toBe(0);
  expect((await enetc(['compile', ...point, '--graph', '-o', 'graph'], { cwd })).code).toBe(0);
  const { opened, errors } = await openPage(await serve(cwd));
  const result = (await opened.evaluate(`(async () => {
    await tf.setBackend('cpu');
    const layers = await tf.loadLayersModel('/layers/model.json');
    const graph = await tf.loadGraphModel('/graph/model.json');
    const x = tf.randomNormal([2, 64, 64, 3], 0, 1, 'float32', 7);
    const [a, b] = [layers.predict(x), graph.predict(x)];
    return { shape: a.shape, params: layers.countParams(), difference: a.sub(b).abs().max().div(a.abs().max()).dataSync()[0],
      metadata: layers.getUserDefinedMetadata()['enet.variant'] };
  })()`)) as { shape: number[]; params: number; difference: number; metadata: string };
  expect(errors).toEqual([]);
  expect(result.shape).toEqual([2, 10]);
  expect(result.metadata).toBe('b0');
  expect(result.difference).toBeLessThan(1e-4);
});

test.skipIf(!browser)('a model with layers of ours loads once enetc/layers has registered them', async () => {
  const cwd = folder();
  const point = ['mobilenet-v3', '--variant', 'small', '--resolution', '64', '--set', 'classes=10', '--target', 'tfjs'];
  expect((await enetc(['compile', ...point, '-q', '-o', 'layers'], { cwd })).code).toBe(0);
  const { opened, errors } = await openPage(await serve(cwd));
  const load = `tf.setBackend('cpu').then(() => tf.loadLayersModel('/layers/model.json')).then((m) => m.predict(tf.ones([1, 64, 64, 3])).shape)`;
  await expect(opened.evaluate(load)).rejects.toThrow('EnetHardSwish');
  const bundled = await build({
    entryPoints: [join(root, 'src/layers.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'enetcLayers',
    platform: 'browser',
  });
  await opened.addScriptTag({ content: bundled.outputFiles[0]?.text as string });
  await opened.evaluate('enetcLayers.registerLayers(tf)');
  expect(await opened.evaluate(load)).toEqual([1, 10]);
  expect(errors).toEqual([]);
});

test('enetc/layers holds no compiler', async () => {
  const result = await build({
    entryPoints: [join(root, 'src/layers.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    metafile: true,
  });
  const parts = Object.keys(result.metafile.inputs).map((path) =>
    path
      .split('/src/')
      .at(-1)
      ?.replace(/^src\//, ''),
  );
  expect(parts.filter((path) => !/^(layers\.ts$|6-emit\/tfjs\/|ops\/)/.test(path ?? ''))).toEqual([]);
  expect(result.outputFiles[0]?.contents.length).toBeLessThan(16_000);
});
