import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { outputShapes } from '../../src/report/summary.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { compileLibrary, libraryPoint } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { goldenCheckpoint, goldenInput, readGolden } from '../portable-weights.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const { models } = read('feature-info.json') as {
  models: Record<string, { channels: readonly number[]; reduction: readonly number[] }>;
};
const levels = ['c1', 'c2', 'c3', 'c4', 'c5'];

test.each(Object.entries(models))('%s has the channels and strides of timm', (name, { channels, reduction }) => {
  const [library, point] = libraryPoint(name)!;
  // timm counts the last convolution of MobileNetV3 among the stages, here it is the head's
  const last = name.startsWith('mobilenetv3') ? 'head.hardswish' : 'c5';
  const { graph, diagnostics } = compileLibrary(library, { ...point, outputs: [...levels.slice(0, 4), last] });
  expect(diagnostics).toEqual([]);
  const found = outputShapes(graph!);
  expect(found.map(({ shape }) => shape[0])).toEqual(channels);
  expect(found.map(({ stride }) => stride)).toEqual(reduction);
  expect(graph!.nodes.some(({ path }) => path === 'classifier')).toBe(false);
});

test('outputs are those of timm, from a checkpoint of the whole network, folded', async () => {
  const { golden } = readGolden('mobilenetv2_100');
  const { every, shapes, values } = read('feature-values.json');
  const [, , resolution = 0] = golden.input_shape;
  const compiled = compileLibrary('mobilenet-v2', { convention: 'torch', resolution, outputs: levels });
  const { graph: trained } = compileLibrary('mobilenet-v2', { convention: 'torch', resolution });
  const files = memoryFiles();
  const options = { checkpoint: goldenCheckpoint(golden), convention: 'torch' as const, trained: trained! };
  expect(emit(compiled, onnxTarget, {}, files.open, options).diagnostics).toEqual([]);
  const session = await ort.InferenceSession.create(files.bytes(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const outputs = await session.run({ image: new ort.Tensor('float32', goldenInput(golden), golden.input_shape) });
  await session.release();
  for (const [i, level] of levels.entries()) {
    const { dims, data } = outputs[level]!;
    expect(dims).toEqual(shapes[i]);
    const sampled = (data as Float32Array).filter((_, k) => k % every === 0);
    const largest = sampled.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = sampled.reduce((most, value, k) => Math.max(most, Math.abs(value - values[i][k])), 0);
    expect([sampled.length, worst < 1e-5 * largest]).toEqual([values[i].length, true]);
  }
});

describe('--outputs', () => {
  test('in every target, in summary and graph, with weights of the whole network', async () => {
    const cwd = folder({});
    const tiny = ['tinynet', '--variant', 'e', '--resolution', '160'];
    const outputs = ['--outputs', 'c3,stages.5', '--weights', 'e.safetensors'];
    await enetc(['weights', 'init', ...tiny, '-o', 'e.safetensors'], { cwd });
    const onnx = await enetc(['compile', ...tiny, ...outputs, '-o', 'e.onnx'], { cwd });
    expect(onnx).toMatchObject({ code: 0, err: '' });
    expect(onnx.out).toMatch(/^e\.onnx .*\n {2}c3 \d+ × 20 × 20 at stride 8\n {2}stages_5 \d+ × 5 × 5 at stride 32\n$/);
    for (const target of [['tfjs'], ['tfjs', '--graph']]) {
      const ran = await enetc(['compile', ...tiny, ...outputs, '-o', 'folder', '--target', ...target], { cwd });
      expect(ran).toMatchObject({ code: 0, err: '' });
    }
    const summary = JSON.parse((await enetc(['summary', ...tiny, '--outputs', 'c3', '--json'], { cwd })).out);
    expect(summary.outputs).toEqual([{ name: 'c3', shape: [summary.outputs[0].shape[0], 20, 20], stride: 8 }]);
    const graph = await enetc(['graph', ...tiny, '--outputs', 'c3', '--format', 'json'], { cwd });
    expect(graph.out).toContain('"c3"');
    expect(graph.out).not.toContain('classifier');
  });

  test.each([
    ['c9', "no step has the path 'c9'"],
    ['stage.2', "did you mean 'stages.2'?; feature maps by stride are c1 (stages."],
    ['c2,c2', "the output 'c2' is requested twice"],
  ])('%s is refused', async (names, message) => {
    const ran = await enetc(['summary', 'tinynet', '--variant', 'e', '--outputs', names]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(message) });
  });
});
