import { readdirSync, readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { compileSpec, isWhole } from '../../src/compile-spec.ts';
import { followWeights } from '../../src/follow-weights.ts';
import { librarySpec } from '../../src/node/open-spec.ts';
import { compileLibrary } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { type Golden, goldenCheckpoint, goldenInput, inputCrc, weightsCrc } from '../portable-weights.ts';

/**
 * Detectors, segmentation networks and dilated trunks: the outputs of torchvision and timm with random weights against ours in
 * ONNX Runtime. Which convention each part was trained under, the weight maps say: nothing is asked for.
 */
const tolerance = 1e-3;
const folder = new URL('../reference/dense/', import.meta.url);
const names = readdirSync(folder).sort();

/** A convention is asked for where the names are those of weights of both. */
type Point = readonly [library: string, variant?: string, set?: Record<string, string>, convention?: 'tf' | 'torch'];
const points: Readonly<Record<string, Point>> = {
  ssd300_vgg16: ['ssd', 'ssd300'],
  ssdlite320_mobilenet_v3_large: ['ssdlite', 'mobilenet_v3_large'],
  deeplabv3_mobilenet_v3_large: ['deeplab-v3', 'mobilenet_v3_large'],
  deeplabv3_resnet50: ['deeplab-v3', 'resnet50'],
  lraspp_mobilenet_v3_large: ['lr-aspp'],
  mobilenetv2_100_stride8: ['mobilenet-v2', 'w100', { output_stride: '8' }],
  tf_efficientnet_b0_stride8: ['efficientnet', 'b0', { output_stride: '8' }, 'tf'],
  semnasnet_100_stride16: ['mnasnet', 'a1', { output_stride: '16' }],
  EfficientNetB0: ['efficientnet', 'b0'],
  EfficientNetV2B0: ['efficientnet-v2', 'b0'],
  MobileNet: ['mobilenet-v1'],
  MobileNetV2: ['mobilenet-v2', 'w100'],
  MobileNetV3Small: ['mobilenet-v3', 'small'],
  ResNet50: ['resnet', 'resnet50_v1'],
  tf_efficientdet_d0: ['efficientdet', 'd0'],
  nasnet_narrow: ['nasnet', 'large', { filters: '16', stem_width: '8' }],
};

interface DenseGolden extends Golden {
  readonly classes: number;
  readonly output_shapes: readonly (readonly number[])[];
  readonly every: number;
}

function readDense(name: string): { golden: DenseGolden; outputs: Float32Array } {
  const golden = { name, ...JSON.parse(readFileSync(new URL(`${name}/meta.json`, folder), 'utf8')) } as DenseGolden;
  const bytes = readFileSync(new URL(`${name}/outputs.bin`, folder));
  return { golden, outputs: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) };
}

/** The network as a user gets it who compiles with the checkpoint alone. */
function compiled(golden: DenseGolden): { model: Uint8Array; outputs: readonly string[]; said: readonly string[] } {
  const [library, variant, set, convention] = points[golden.model] as Point;
  const spec = librarySpec(library) as NonNullable<ReturnType<typeof librarySpec>>;
  const [, , height = 0, width = 0] = golden.input_shape;
  const request = {
    ...(variant && { variant }),
    set: { classes: String(golden.classes), ...set },
    resolution: [height, width],
    ...(convention && { convention }),
  } as const;
  const network = compileSpec(spec, request);
  if (!isWhole(network)) throw new Error(network.diagnostics.map(({ message }) => message).join());
  const checkpoint = goldenCheckpoint(golden);
  const followed = followWeights(spec, network, request, checkpoint, undefined);
  const files = memoryFiles();
  const { diagnostics } = emit(followed.network, onnxTarget, {}, files.open, {
    checkpoint,
    ...(convention && { convention }),
  });
  return {
    model: files.bytes(),
    outputs: followed.network.graph.outputs.map(({ name }) => name),
    said: diagnostics.map(({ code, message }) => `${code}: ${message}`),
  };
}

describe.each(names)('%s', (name) => {
  const { golden, outputs } = readDense(name);

  test('weights and input are those of the reference run, bit for bit', () => {
    expect({ weights: weightsCrc(golden), input: inputCrc(golden) }).toEqual({
      weights: golden.crc32.weights,
      input: golden.crc32.input,
    });
  });

  test('every tensor of the checkpoint has its place, and the outputs are those of the reference', async () => {
    const built = compiled(golden);
    expect(built.said).toEqual([]);
    const session = await ort.InferenceSession.create(built.model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    const feeds = {
      [session.inputNames[0] as string]: new ort.Tensor('float32', goldenInput(golden), golden.input_shape),
    };
    const found = await session.run(feeds);
    await session.release();
    const tensors = built.outputs.map((output) => found[output] as ort.Tensor);
    expect(tensors.map(({ dims }) => dims)).toEqual(golden.output_shapes);
    const all = tensors.flatMap(({ data }) => [...(data as Float32Array)]).filter((_, i) => i % golden.every === 0);
    expect(all.length).toBe(outputs.length);
    expect(all.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (outputs[i] as number))), 0)).toBeLessThan(
      tolerance,
    );
  });
});

test.each([
  ['ssd300_vgg16', 35_641_826, 0],
  ['ssdlite320_mobilenet_v3_large', 3_440_060, 32_944],
  ['deeplabv3_mobilenet_v3_large', 11_025_477, 27_984],
  ['deeplabv3_resnet50', 39_638_869, 56_704],
  ['lraspp_mobilenet_v3_large', 3_221_538, 24_656],
] as const)('%s has the parameters and statistics of torchvision', (name, params, buffers) => {
  const [library, variant] = points[name] as Point;
  const { graph } = compileLibrary(library, { ...(variant && { variant }) });
  const cost = totalCost(graph as NonNullable<typeof graph>);
  expect({ params: cost.params, buffers: cost.buffers }).toEqual({ params, buffers });
});
