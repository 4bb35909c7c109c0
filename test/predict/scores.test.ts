import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { imageOfFile, scoresAmong } from '../../src/predict/file-image.ts';
import { lastOfLayers } from '../../src/predict/last-activation.ts';
import { probabilities } from '../../src/predict/probabilities.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { enetc } from '../cli/fake-io.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

/** Class c is twice the mean of channel c of the input, which goes from -1 to 1. */
const spec = (classes: number, end: string) => `model Net {
  convention torch
  input image: [3, 8, 8] (mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
  head: GlobalAvgPool
  classifier: Linear(${classes})${end}
  return scores: classifier
}
`;

async function network(classes: number, end: string) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'net.enet'), spec(classes, end));
  const parts: Uint8Array[] = [];
  const tensors = [
    { name: 'classifier.weight', shape: [classes, 3], numbers: [2, 0, 0, 0, 2, 0, 0, 0, 2].slice(0, 3 * classes) },
    { name: 'classifier.bias', shape: [classes], numbers: Array(classes).fill(0) as number[] },
  ];
  writeSafetensors({ write: (b) => void parts.push(b.slice()) }, tensors, (t) => Float32Array.from(t.numbers));
  writeFileSync(join(cwd, 'w.safetensors'), Buffer.concat(parts));
  const background = { r: 255, g: 255, b: 0 };
  await sharp({ create: { width: 8, height: 8, channels: 3, background } })
    .png()
    .toFile(join(cwd, 'yellow.png'));
  return cwd;
}

async function predict(cwd: string, ...argv: string[]): Promise<number[]> {
  const ran = await enetc(['predict', ...argv, 'yellow.png', '--json', '--workers', '1'], { cwd });
  expect(ran).toMatchObject({ code: 0 });
  const [{ predictions }] = JSON.parse(ran.out);
  const byClass = predictions.toSorted((a: { index: number }, b: { index: number }) => a.index - b.index);
  return byClass.map(({ probability }: { probability: number }) => Number(probability.toFixed(4)));
}

const each = [0.8808, 0.8808, 0.1192];
const together = [0.4955, 0.4955, 0.0091];

test('the scores of a network that ends with a sigmoid are probabilities of each class', async () => {
  const cwd = await network(3, ' -> sigmoid');
  expect(await predict(cwd, 'net.enet', '--weights', 'w.safetensors', '--backend', 'cpu')).toEqual(each);
  await enetc(['compile', 'net.enet', '--weights', 'w.safetensors'], { cwd });
  expect(await predict(cwd, 'net.onnx')).toEqual(each);
  expect(await predict(cwd, 'net.onnx', '--scores', 'sigmoid')).toEqual(each);
});

test('of logits the softmax is taken, or the sigmoid where that is asked for', async () => {
  const cwd = await network(3, '');
  await enetc(['compile', 'net.enet', '--weights', 'w.safetensors'], { cwd });
  expect(await predict(cwd, 'net.onnx')).toEqual(together);
  expect(await predict(cwd, 'net.onnx', '--scores', 'sigmoid')).toEqual(each);
  expect(await predict(cwd, 'net.enet', '--weights', 'w.safetensors', '--backend', 'cpu')).toEqual(together);
});

test('a single logit is that of one class, not of a softmax over it', async () => {
  const cwd = await network(1, '');
  await enetc(['compile', 'net.enet', '--weights', 'w.safetensors'], { cwd });
  expect(await predict(cwd, 'net.onnx')).toEqual([0.8808]);
});

test('where the end is not known, a distribution and a share are probabilities', () => {
  expect([...probabilities(Float32Array.of(0.25, 0.75))]).toEqual([0.25, 0.75]);
  expect([...probabilities(Float32Array.of(0.25))]).toEqual([0.25]);
  expect(probabilities(Float32Array.of(0.25, 0.75), 'none')[0]).toBeCloseTo(1 / (1 + Math.exp(0.5)), 6);
});

test("the end of a layers model is its last layer's", () => {
  const layer = (className: string, name: string, from: string | undefined, activation?: string) => ({
    class_name: className,
    name,
    config: { name, activation },
    inbound_nodes: from === undefined ? [] : [[[from, 0, 0, {}]]],
  });
  const model = (activation: string) => ({
    class_name: 'Functional',
    config: {
      layers: [layer('InputLayer', 'x', undefined), layer('Dense', 'fc', 'x', activation)],
      input_layers: [['x', 0, 0]],
      output_layers: [['fc', 0, 0]],
    },
  });
  expect([lastOfLayers(model('sigmoid')), lastOfLayers(model('linear')), lastOfLayers({ node: [] })]).toEqual([
    'sigmoid',
    'none',
    undefined,
  ]);
});

test('class scores are vectors, or maps of one pixel; rows of boxes are none', () => {
  const isFound = (...shape: number[]) => {
    try {
      return scoresAmong('net', [{ name: 'y', shape }]).name === 'y';
    } catch {
      return false;
    }
  };
  const shapes = [[2, 5], [2, 1], [2, 5, 1, 1], [2, 1, 1, 5], [2, 1, 5], [2, 5, 1], [2, 1, 5, 1], [2, 5, 4], [5]];
  expect(shapes.map((shape) => isFound(...shape))).toEqual([...Array(5).fill(true), ...Array(4).fill(false)]);
});

test('pictures of any size need one', () => {
  const read = () => imageOfFile('net.onnx', [-1, 3, -1, 192], new Map(), {});
  expect(read).toThrow("'net.onnx' takes pictures of any size, and states none: 'resolution: 224' gives them one");
});
