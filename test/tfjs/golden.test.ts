import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import type { Target } from '../../src/6-emit/target.ts';
import { graphModelTarget } from '../../src/6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { registerLayers } from '../../src/layers.ts';
import { compileLibrary, conventionOf, libraryPoint } from '../library-points.ts';
import { goldenCheckpoint, goldenInput, readGolden } from '../portable-weights.ts';
import { folderInMemory, fromFiles, predict, relativeDifference } from './models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

/** The logits of timm for the first image of a golden; see test/golden/logits.test.ts. At most 1e-4 of the largest off. */
describe.each(['tf_efficientnet_b0', 'mobilenetv3_small_100'])('%s', (name) => {
  const { golden, logits } = readGolden(name);
  const [, ...image] = golden.input_shape;
  const [library, point] = libraryPoint(golden.model)!;
  const network = compileLibrary(library, { ...point, convention: conventionOf(name), resolution: image[1]! });
  const graph = network.graph!;
  const input = goldenInput(golden).slice(
    0,
    image.reduce((a, b) => a * b, 1),
  );
  const expected = logits.slice(0, golden.logits_shape[1]);
  const inputName = graph.nodes[graph.inputs[0]!]!.path;

  async function difference<T>(
    target: Target<T>,
    load: (handler: tf.io.IOHandler) => Promise<tf.LayersModel | tf.GraphModel>,
  ) {
    const { open, files } = folderInMemory();
    const weights = { checkpoint: goldenCheckpoint(golden), convention: conventionOf(name) };
    expect(emit(network, target, {}, open, weights).diagnostics).toEqual([]);
    const model = await load(fromFiles(files()));
    const [y] = predict(model, graph, { [inputName]: input }, 1);
    model.dispose();
    return relativeDifference(y!, expected);
  }

  test('the layers model gives the logits of the reference', async () => {
    expect(await difference(layersTarget, (handler) => tf.loadLayersModel(handler))).toBeLessThan(1e-4);
  });

  test('the graph model too', async () => {
    expect(await difference(graphModelTarget, (handler) => tf.loadGraphModel(handler))).toBeLessThan(1e-4);
  });
});
