import { readdirSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import type { OnnxOptions } from '../../src/6-emit/onnx/options.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { compileLibrary, libraryPoint } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { type Golden, goldenCheckpoint, goldenInput, inputCrc, readGolden, weightsCrc } from '../portable-weights.ts';

/**
 * The logits of timm and torchvision with random weights, statistics and biases, against ours in ONNX Runtime. A wrong
 * epsilon or padding moves them by about 1, float32 rounding by less than 1e-4; the tolerance is 1e-3, absolute.
 */
const tolerance = 1e-3;
const names = readdirSync(new URL('../reference/golden/', import.meta.url)).sort();

function convention({ model, source }: Golden): 'tf' | 'torch' {
  return source === 'timm' && model.startsWith('tf_') ? 'tf' : 'torch';
}

function emitGolden(golden: Golden, options: Partial<OnnxOptions>, fold: boolean): Uint8Array {
  const [library, point] = libraryPoint(golden.model) ?? ['', {}];
  const [, , height = 0, width = 0] = golden.input_shape;
  const resolution = height === width ? height : ([height, width] as const);
  const compiled = compileLibrary(library, { ...point, convention: convention(golden), resolution });
  expect(compiled.diagnostics).toEqual([]);
  const files = memoryFiles();
  const result = emit(compiled, onnxTarget, options, files.open, {
    fold,
    checkpoint: goldenCheckpoint(golden),
    convention: convention(golden),
  });
  const isGooglenet = golden.name === 'torchvision_googlenet';
  expect(result.diagnostics.filter((d) => !isGooglenet || !isAuxiliary(d))).toEqual([]);
  return files.bytes();
}

/** GoogLeNet's checkpoint has the auxiliary classifiers, which the library's model has not. */
function isAuxiliary({ code, message }: { readonly code: string; readonly message: string }): boolean {
  return code === 'weight-more' || (code === 'weight-surplus' && /'aux[12]\./.test(message));
}

async function logitsOf(model: Uint8Array, input: Float32Array, shape: readonly number[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const feeds = { [session.inputNames[0] as string]: new ort.Tensor('float32', input, shape) };
  const outputs = await session.run(feeds);
  await session.release();
  return outputs[session.outputNames[0] as string]?.data as Float32Array;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
}

// AlexNet's 61 million weights are made several times
describe.each(names)('%s', (name) => {
  const { golden, logits } = readGolden(name);
  const input = goldenInput(golden);
  const [batch = 1, ...image] = golden.input_shape;
  const pixels = image.reduce((a, b) => a * b, 1);
  const classes = golden.logits_shape[1] as number;

  test('weights and input are those of the reference run, bit for bit', () => {
    expect({ weights: weightsCrc(golden), input: inputCrc(golden) }).toEqual({
      weights: golden.crc32.weights,
      input: golden.crc32.input,
    });
  });

  test.each([
    ['folded', true],
    ['not folded', false],
  ])('dynamic batch, %s: 2 images at once, and each alone', async (_name, fold) => {
    const model = emitGolden(golden, { batch: 'dynamic' }, fold);
    expect(largestDifference(await logitsOf(model, input, golden.input_shape), logits)).toBeLessThan(tolerance);
    for (let i = 0; i < batch; i++) {
      const one = await logitsOf(model, input.slice(i * pixels, (i + 1) * pixels), [1, ...image]);
      expect(largestDifference(one, logits.slice(i * classes, (i + 1) * classes))).toBeLessThan(tolerance);
    }
  });

  test('batch 1 and batch 2 fixed', async () => {
    const one = await logitsOf(emitGolden(golden, { batch: 1 }, true), input.slice(0, pixels), [1, ...image]);
    expect(largestDifference(one, logits.slice(0, classes))).toBeLessThan(tolerance);
    const two = await logitsOf(emitGolden(golden, { batch: 2 }, true), input, golden.input_shape);
    expect(largestDifference(two, logits)).toBeLessThan(tolerance);
  });
});
