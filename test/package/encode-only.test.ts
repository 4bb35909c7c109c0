import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { withoutDecoding } from '../../scripts/encode-only.ts';

const built = new URL('../../dist/index.js', import.meta.url);
if (!existsSync(built)) throw new Error('there is no dist/index.js: npm run build');

test('messages keep their constructors and encoders, and nothing that reads', () => {
  const module = withoutDecoding(readFileSync(createRequire(import.meta.url).resolve('onnx-proto'), 'utf8'));
  const functions = [...module.matchAll(/^ +(\w+)\.(?:prototype\.)?(\w+) = function/gm)].map((m) => m[2]);
  expect([...new Set(functions)].sort()).toEqual(['create', 'encode']);
  expect(functions.filter((name) => name === 'encode')).toHaveLength(21);
  const bundle = readFileSync(built, 'utf8');
  for (const name of ['fromObject', 'decodeDelimited', 'skipType', 'fromBitsUnsigned'])
    expect(bundle).not.toContain(name);
});

// The build puts the version in; files name it.
Object.assign(globalThis, { ENETC_VERSION: manifest.version });
const source = await import('../../src/index.ts');

/** The files of a target by name, as sums of their bytes. */
function files(of: typeof source, name: 'onnx' | 'train'): Record<string, string> {
  const text = of.stdlib['std/mobilenet-v3'] as string;
  const compilation = of.compile({ name: 'net.enet', text }, { variant: 'small', set: { classes: '3' } });
  const sums: Record<string, ReturnType<typeof createHash>> = {};
  const open = (path: string) => {
    const sum = (sums[path] ??= createHash('sha256'));
    return { name: path, sink: { write: (part: Uint8Array) => void sum.update(part) } };
  };
  const result =
    name === 'onnx'
      ? of.emit(compilation, of.onnxTarget, { opset: 20 }, open)
      : of.emit(compilation, of.trainingTarget, {}, open);
  expect(result.diagnostics).toEqual([]);
  return Object.fromEntries(Object.entries(sums).map(([path, sum]) => [path, sum.digest('hex')]));
}

test.each(['onnx', 'train'] as const)('what the package writes is what the source writes: %s', async (name) => {
  const found = files((await import(built.href)) as typeof source, name);
  expect(Object.keys(found).length).toBeGreaterThan(0);
  expect(found).toEqual(files(source, name));
});
