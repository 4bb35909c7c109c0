import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { activationNames } from '../../src/ops/activations.ts';
import { trainingWork } from '../../src/pipeline/work.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { model } from '../language/build.ts';
import { inputsOf } from '../onnx/emit.ts';
import { findPython } from '../oracle.ts';
import { folderInMemory } from '../tfjs/models.ts';
import { members } from './members.ts';
import { startTorch } from './python-torch.ts';

const python = findPython(['torch', 'numpy']);
const torch = python ? startTorch(python) : undefined;
afterAll(() => torch?.close());

/** Bytes that PyTorch's autograd keeps for the gradients of a batch: those that a plan counts, and those of the module. */
async function keptOf(text: string, options: CompileOptions = {}) {
  const network = compile({ name: 'net.enet', text }, options);
  const graph = network.graph!;
  const files = folderInMemory();
  emit(network, pytorchTarget, {}, files.open, { checkpoint: randomWeights(graph, 5) });
  await torch!.load(files.files());
  const batch = 4;
  const kept = trainingWork(graph).values.filter(({ firstKeeper }) => firstKeeper !== Number.POSITIVE_INFINITY);
  return {
    counted: batch * kept.reduce((sum, { bytes }) => sum + bytes, 0),
    measured: await torch!.kept(graph, inputsOf(graph, batch), batch),
  };
}

const unet = readFileSync(new URL('../pipeline/unet.enet', import.meta.url), 'utf8').replace('192, 192', '32, 32');
const activated = (call: string) => model(`  input image: [3, 8, 8]\n  a: Conv(4, 3) -> ${call}\n  b: Conv(5, 1)`);

describe.skipIf(!torch)('a plan counts the values that autograd keeps', () => {
  test.each([...activationNames.filter((name) => name !== 'identity'), 'hardsigmoid(0.2)'])('of %s', async (call) => {
    const { counted, measured } = await keptOf(activated(call));
    expect(counted).toBe(measured);
  });

  // The mask of a dropout is of booleans only on a GPU.
  test.each([
    'resnet',
    'inception-v3',
    'mnasnet',
    'nasnet',
    'amoebanet',
    'efficientnet',
    'mobilenet-v3',
    'ssdlite',
    'shufflenet-v2',
  ])(
    'of %s',
    async (name) => {
      const { counted, measured } = await keptOf(stdlib[`std/${name}`]!, members[`std/${name}`]);
      expect(counted / measured).toBeGreaterThan(0.998);
      expect(counted).toBeLessThanOrEqual(measured);
    },
    60_000,
  );

  test.each([
    ['response norms', 'b: LocalResponseNorm(5)'],
    ['means over areas', 'b: AvgPool(to: 3)'],
    ['a part of a split', 'b: Split(2)\n  first, _ = b\n  c: first -> k: Conv(4, 1)'],
    // by a fused kernel, without a number for each pair of pixels
    ['attention', 'b: k: Conv(24, 1) -> Split(3) -> Attend(2)'],
    ['a flattened map', 'b: Linear(7) -> relu\n  c: Linear(3)'],
  ])('of %s', async (_what, steps) => {
    const text = model(`  input image: [3, 8, 8]\n  a: c: Conv(4, 3) -> relu\n  ${steps}`);
    const { counted, measured } = await keptOf(text);
    expect(counted).toBe(measured);
  });

  test('of padding that differs between sides', async () => {
    const members = 'a: Conv(4, 3, stride: 2) -> MaxPool(3, stride: 2) -> AvgPool(2, stride: 1)\n  b: Conv(4, 3)';
    for (const size of [8, 9]) {
      const text = model(`  convention tf\n  input image: [3, ${size}, ${size}]\n  ${members}`);
      const { counted, measured } = await keptOf(text);
      // Besides the numbers of pixels under the windows of the mean, which are the same for all channels and images.
      expect(measured - counted, `${size}`).toBeGreaterThanOrEqual(0);
      expect(measured - counted, `${size}`).toBeLessThanOrEqual(4 * 3 * 3);
    }
  });

  test("of torchgpipe's U-Net", async () => {
    const { counted, measured } = await keptOf(unet, { variant: 'baseline', set: { filters: '4' } });
    // Without the means and variances of its norms, one per channel of an image.
    expect(counted / measured).toBeGreaterThan(0.98);
    expect(counted).toBeLessThanOrEqual(measured);
  });
});
