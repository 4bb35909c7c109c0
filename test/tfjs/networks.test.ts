import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { graphModelTarget } from '../../src/6-emit/tfjs/graph-model/target.ts';
import { layersTarget } from '../../src/6-emit/tfjs/layers/target.ts';
import { calibratedWeights } from '../../src/backends/parity/calibrated-weights.ts';
import { registerLayers } from '../../src/layers.ts';
import { memoryFiles } from '../memory-sink.ts';
import { inputsOf, runOrt } from '../onnx/emit.ts';
import { channelsLast, folderInMemory, fromFiles, predict, relativeDifference } from './models.ts';
import { smallNetworks } from './networks.ts';

/** Of the largest logit. Rounding in single precision moves them by less than 1e-5 of it. */
const tolerance = 1e-4;

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

describe.each(smallNetworks)('$name', ({ compile, native }) => {
  test('the layers model and the graph model give the logits of ONNX Runtime', async () => {
    const network = compile();
    expect(network.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    const graph = network.graph!;
    const inputs = inputsOf(graph, 2);
    const images = channelsLast(Object.values(inputs)[0]!, 2, graph.nodes[0]!.shapes[0]!);
    const weights = { checkpoint: await calibratedWeights(network, graph, 5, tf, [images]) };
    images.dispose();
    const onnx = memoryFiles();
    expect(
      emit(network, onnxTarget, { batch: 'dynamic' }, onnx.open, weights).diagnostics.map((d) => d.message),
    ).toEqual([]);
    const [expected] = await runOrt(onnx.bytes(), graph, inputs, 2);

    const layers = folderInMemory();
    expect(emit(network, layersTarget, {}, layers.open, weights).diagnostics.map((d) => d.message)).toEqual([]);
    // What needs none of our layers loads with nothing registered.
    expect(new TextDecoder().decode(layers.files().get('model.json')).includes('"class_name":"Enet')).toBe(!native);
    const layersModel = await tf.loadLayersModel(fromFiles(layers.files()));
    expect(relativeDifference(predict(layersModel, graph, inputs, 2)[0]!, expected!)).toBeLessThan(tolerance);
    const trainable = layersModel.trainableWeights.reduce((sum, w) => sum + w.read().size, 0);
    expect(trainable).toBe(totalCost(graph).params);
    layersModel.dispose();

    const frozen = folderInMemory();
    expect(emit(network, graphModelTarget, {}, frozen.open, weights).diagnostics.map((d) => d.message)).toEqual([]);
    const graphModel = await tf.loadGraphModel(fromFiles(frozen.files()));
    expect(relativeDifference(predict(graphModel, graph, inputs, 2)[0]!, expected!)).toBeLessThan(tolerance);
    graphModel.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });
});
