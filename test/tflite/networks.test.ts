import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variantNames } from '../../src/3-check/variants.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { liteTarget } from '../../src/6-emit/tflite/target.ts';
import { type LiteInterpreter, startInterpreter } from '../../src/backends/tflite/interpreter.ts';
import type { CompileOptions } from '../../src/compile.ts';
import { libraryModels } from '../../src/library.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { differenceOf } from '../forms/run-forms.ts';
import { compileLibrary } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { inputsOf, runOrt } from '../onnx/emit.ts';
import { findLite, runLite } from './lite.ts';

const engine = findLite();

type Point = readonly [library: string, options: CompileOptions];

/** Every kind of block and of padding, at sizes that are and are not powers of two. */
const some: readonly Point[] = [
  ['efficientnet', { variant: 'b0', resolution: 64 }],
  ['efficientnet', { variant: 'b0', resolution: 97, convention: 'torch' }],
  ['efficientnet-lite', { variant: 'lite0', resolution: 80 }],
  ['mobilenet-v2', { variant: 'w050', resolution: 96 }],
  ['mobilenet-v3', { variant: 'small', resolution: 65 }],
  ['resnet', { variant: 'resnet18', resolution: 64, convention: 'torch' }],
  ['shufflenet-v2', { variant: 'x0_5', resolution: 64 }],
  ['squeezenet', { variant: '1_1', resolution: 63 }],
  ['lr-aspp', { resolution: 64 }],
];

/**
 * `ENET_LIBRARY=1`: the first variant of every model of the library, at three sizes, in both conventions. Not SENet-154: its random
 * weights magnify rounding until PyTorch in single and in double precision differ by half of the largest output.
 */
const points = process.env.ENET_LIBRARY ? wholeLibrary() : some;

function wholeLibrary(): Point[] {
  return libraryModels.flatMap(({ name }) => {
    const { model } = compileLibrary(name);
    const [first] = model ? variantNames(model) : [];
    const variant = name === 'senet' ? 'legacy_seresnet50' : first;
    return [64, 97, 160].flatMap((resolution) =>
      (['tf', 'torch'] as const).map(
        (convention): Point => [name, { resolution, convention, ...(variant !== undefined && { variant }) }],
      ),
    );
  });
}

describe.skipIf(!engine)('networks of the library give the outputs of ONNX Runtime', () => {
  let lite: LiteInterpreter;
  beforeAll(async () => {
    lite = await startInterpreter(engine?.python as string, engine?.name);
  });
  afterAll(() => lite.close());

  test.each(points.map((point) => [point.map((part) => JSON.stringify(part)).join(' '), point] as const))(
    '%s',
    { timeout: 600_000 },
    async (_name, [library, options]) => {
      const network = compileLibrary(library, options);
      const { graph } = network;
      // some networks leave nothing of small images
      if (!graph) return expect(network.diagnostics.map(({ code }) => code)).toContain('output-vanishes');
      const checkpoint = randomWeights(graph, 1);
      const [onnx, tflite] = [memoryFiles(), memoryFiles()];
      const ofBoth = [
        ...emit(network, onnxTarget, {}, onnx.open, { checkpoint }).diagnostics,
        ...emit(network, liteTarget, {}, tflite.open, { checkpoint }).diagnostics,
      ];
      expect(ofBoth).toEqual([]);
      for (const batch of [1, 2]) {
        const inputs = inputsOf(graph, batch);
        const expected = await runOrt(onnx.bytes(), graph, inputs, batch);
        for (const delegate of [true, false]) {
          const found = await runLite(lite, tflite.bytes(), graph, inputs, batch, delegate);
          // random weights magnify rounding here too: from double precision every engine is up to 5e-4 off, PyTorch 2e-4
          const tolerance = library === 'senet' ? 1e-3 : 1e-4;
          expect(differenceOf(found, expected), `batch ${batch}, ${delegate}`).toBeLessThan(tolerance);
        }
      }
    },
  );
});
