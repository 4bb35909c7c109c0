import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';

const entry = `
  import { compile, emit, onnxTarget, stdlib, renderDiagnostics, totalCost } from './src/index.ts';
  const text = stdlib['std/efficientnet'];
  const compilation = compile({ name: 'efficientnet.enet', text }, { variant: 'b0' });
  let bytes = 0;
  const result = emit(compilation, onnxTarget, {}, () => ({ name: 'b0.onnx', sink: { write(part) { bytes += part.length; } } }));
  const broken = compile({ name: 'broken.enet', text: 'model M { stem: Conv( }' });
  globalThis.result = {
    parameters: totalCost(compilation.graph).params,
    bytes, said: result.bytes,
    diagnostics: [...compilation.diagnostics, ...result.diagnostics].length,
    message: renderDiagnostics(broken.diagnostics, { color: false }),
  };
`;

/** The core as one script that has nothing of Node: a built-in anywhere fails the bundle, `process` or `Buffer` the run. */
async function bundle(): Promise<string> {
  const result = await build({
    stdin: { contents: entry, resolveDir: resolve(import.meta.dirname, '../..'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text as string;
}

test('the core is bundled without Node and compiles B0', async () => {
  const script = await bundle();
  const sandbox: Record<string, unknown> = { TextEncoder, TextDecoder, performance, console };
  const context = createContext(sandbox);
  runInContext(script, context);
  const result = sandbox.result as Record<string, unknown>;
  expect(result.parameters).toBe(5_288_548);
  expect(result.diagnostics).toBe(0);
  expect(result.bytes).toBe(result.said);
  expect(result.message).toContain('broken.enet:1');
});

const browser = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
if (!browser) console.warn('skipped: no Chromium (set CHROMIUM to its path): B0 is not compiled in a real browser');

test.skipIf(!browser)('a real browser compiles B0', async () => {
  const flags = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const instance = await chromium.launch({ executablePath: browser as string, args: flags, timeout: 120_000 });
  try {
    const page = await instance.newPage();
    const errors: string[] = [];
    page.on('pageerror', (e) => errors.push(e.message));
    await page.addScriptTag({ content: await bundle() });
    const result = (await page.evaluate('globalThis.result')) as Record<string, unknown>;
    expect(errors).toEqual([]);
    expect(result.parameters).toBe(5_288_548);
    expect(result.bytes).toBe(result.said);
    expect(result.message).toContain('broken.enet:1');
  } finally {
    await instance.close();
  }
});
