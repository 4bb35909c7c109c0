import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { importModel } from '../../src/import/import-model.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { decode, distance, emitFiles, runOrt } from '../onnx/emit.ts';

/** Files as PyTorch's exporters write them of networks of timm (`timm/export.py`), whose weights are made up here. */
const fixtures = new URL('./timm/', import.meta.url);
const names = readdirSync(fixtures).flatMap((file) => (file.endsWith('.onnx.gz') ? [file.slice(0, -8)] : []));
const folder = mkdtempSync(join(tmpdir(), 'enetc-timm-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of other families than the library's: how many nodes a line of the spec stands for, at least. */
const others: Readonly<Record<string, number>> = {
  regnety_002: 7,
  'regnety_004+': 7,
  densenet121: 12,
  convnext_atto: 6,
  ghostnet_100: 5,
};

/** What members of the library are stated as that have another name or width than a variant. */
const stated: Readonly<Record<string, string>> = {
  mobilenetv1_100: 'MobileNetV1(padding: symmetric)',
  mobilenetv2_035: 'MobileNetV2(w: 0.35, padding: symmetric)',
  mobilenetv3_small_050: 'MobileNetV3(variant: small, w: 0.5, padding: symmetric)',
  mnasnet_050: 'MnasNet(variant: b1, w: 0.5, padding: symmetric)',
};

/** Numbers around a mean, the same for a name: Numerical Recipes' quick generator, as millions are needed. */
function uniform(name: string, shape: readonly number[], mean: number, most: number): Float32Array {
  let state = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
  return new Float32Array(elements(shape)).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return mean + (state / 2147483648) * most;
  });
}

/** A file with its weights next to it. */
function open(name: string) {
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.onnx.gz`, fixtures))));
  const tensors = decode(bytes).graph.initializer ?? [];
  const parts = tensors.flatMap(({ name: own, dims, externalData }) => {
    if (!externalData?.length) return [];
    const shape = (dims ?? []).map(Number);
    const fanIn = elements(shape.slice(1));
    // of a kernel a bit more than the variance that keeps that of the input, as a relu halves it; of others from 0.5 to 1.5
    return shape.length > 1 ? uniform(own ?? '', shape, 0, Math.sqrt(4.5 / fanIn)) : uniform(own ?? '', shape, 1, 0.5);
  });
  const weights = new Uint8Array(Buffer.concat(parts.map((part) => new Uint8Array(part.buffer))));
  writeFileSync(join(folder, 'weights'), weights);
  writeFileSync(join(folder, 'net.onnx'), bytes);
  const access = (data: Uint8Array) => ({
    size: data.length,
    read: (offset: number, length: number) => data.subarray(offset, offset + length),
  });
  return { path: join(folder, 'net.onnx'), source: { name, file: access(bytes), openNear: () => access(weights) } };
}

test.each(names)("timm's %s comes back from ONNX with the same outputs, in few lines", async (name) => {
  const { path, source } = open(name);
  const { imported, diagnostics } = importModel(source, name);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  const { text, weights, size } = imported!;
  const graph = removeTrainingOps(imported!.graph);
  const image = new Float32Array(3 * 64 * 64);
  fillNormal(image, randomState(3, 'image'), 1);
  const [wanted] = await runOrt(path, graph, { image });
  const [found] = await runOrt(emitFiles(graph, weights!).bytes, graph, { image });
  const largest = Math.max(...wanted!.map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  expect(distance(found!, wanted!) / Math.max(largest, 1)).toBeLessThan(1e-4);

  const lines = text.trimEnd().split('\n').length;
  const least = others[name];
  if (least !== undefined) expect(size.count / lines).toBeGreaterThan(least);
  else {
    expect(diagnostics.map(({ code }) => code)).toEqual(['import-family']);
    expect(lines).toBeLessThan(9);
    expect(text).toContain(stated[name] ?? '');
  }
});
