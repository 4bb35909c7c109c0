import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { compile, weightsFromTfjs } from '../../src/index.ts';
import { seededWeights } from '../../src/weights/initialise.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { everyLayer } from './every-layer.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** What a model's saver is given, to load it again. */
async function saved(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  return artifacts as tf.io.ModelArtifacts;
}

const images = (n: number) => tf.randomNormal([n, 16, 16, 3], 0, 1, 'float32', 1);

describe('compile(...).toTfjs(tf)', () => {
  test('has our parameters, named by our paths, with the weights of the seed', async () => {
    const network = compile(everyLayer);
    const model = await network.toTfjs(tf, { seed: 4 });
    const graph = network.graph!;
    expect(model.countParams()).toBe(
      totalCost(graph).params +
        [...requiredTensors(graph)]
          .filter(({ tensor }) => !tensor.trainable)
          .reduce((n, { tensor }) => n + tensor.shape[0]!, 0),
    );
    expect(model.weights.map((w) => w.originalName)).toEqual(
      expect.arrayContaining([
        'stem.conv/kernel',
        'stages.0.depthwise.conv/depthwise_kernel',
        'stages.1.project.bn/moving_mean',
        'classifier/bias',
      ]),
    );
    const seeded = seededWeights(graph, 4);
    const back = await weightsFromTfjs(model);
    for (const { tensor } of requiredTensors(graph)) {
      expect(back.tensors.get(tensor.name)?.shape).toEqual(tensor.shape);
      expect(back.read(tensor.name)).toEqual(seeded.read(tensor));
    }
    const lines: string[] = [];
    model.summary(undefined, undefined, (line: string) => lines.push(line));
    expect(lines.join('\n')).toContain('stages.0.se.reduce');
    model.dispose();
  });

  test('fits: one step moves every weight, and the statistics by the share that the momentum leaves', async () => {
    const network = compile(everyLayer);
    const graph = network.graph!;
    const model = await network.toTfjs(tf, { checkpoint: randomWeights(graph, 2) });
    const before = await weightsFromTfjs(model);
    model.compile({ optimizer: tf.train.sgd(0.1), loss: tf.losses.softmaxCrossEntropy });
    const [x, y] = [images(8), tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3)];
    const stem = tf.model({ inputs: model.inputs, outputs: model.getLayer('stem.conv').output as tf.SymbolicTensor });
    const means = (stem.predict(x) as tf.Tensor).mean([0, 1, 2]).dataSync();
    const history = await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0 });
    expect(Number.isFinite(history.history.loss![0])).toBe(true);
    const after = await weightsFromTfjs(model);
    for (const { tensor } of requiredTensors(graph)) {
      expect(after.read(tensor.name), tensor.name).not.toEqual(before.read(tensor.name));
    }
    // The stem's norm sees what depends on no draw.
    for (const channel of [0, 5]) {
      const [old, moved] = [before, after].map((w) => w.read('stem.bn.running_mean')[channel]!);
      expect(moved).toBeCloseTo(0.9 * old! + 0.1 * means[channel]!, 5);
    }
    model.dispose();
  });

  test('saved and loaded again it gives the same logits, our own layers among them', async () => {
    const network = compile(everyLayer);
    const model = await network.toTfjs(tf, { checkpoint: randomWeights(network.graph!, 3) });
    const artifacts = await saved(model);
    const classes = JSON.stringify(artifacts.modelTopology).match(/Enet\w+/g);
    expect(new Set(classes)).toEqual(
      new Set([
        'EnetResizing',
        'EnetUnitNormalization',
        'EnetGroupNormalization',
        'EnetLocalResponseNormalization',
        'EnetChannelConv',
        'EnetPower',
        'EnetHardSwish',
        'EnetHardSigmoid',
        'EnetDepthwiseConv2D',
        'EnetGroupedConv2D',
        'EnetMaxPooling2D',
      ]),
    );
    const again = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    const x = images(2);
    expect((again.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
    expect(artifacts.userDefinedMetadata).toMatchObject({ 'enet.model': 'Small', 'enet.classes': '3' });
    again.dispose();
    model.dispose();
  });

  test('stochastic depth drops whole samples, and only while training', async () => {
    const source = everyLayer.replace('| 0.25 | 0.2  | silu |', '| 0.25 | 0.5  | silu |');
    const model = await compile(source).toTfjs(tf, { seed: 1 });
    const drop = model.layers.find((layer) => layer.name.endsWith('/drop'))!;
    const ones = tf.ones([64, 8, 8, 16]);
    expect((drop.apply(ones) as tf.Tensor).min().dataSync()[0]).toBe(1);
    const dropped = drop.apply(ones, { training: true }) as tf.Tensor;
    const [most, least] = [dropped.max([1, 2, 3]).dataSync(), dropped.min([1, 2, 3]).dataSync()];
    expect(most).toEqual(least);
    // What is kept is divided by the share that is kept.
    expect(new Set(most)).toEqual(new Set([0, 2]));
    model.dispose();
  });
});

test('a library model is known by its name', async () => {
  const network = compile('efficientnet', { phi: 5, resolution: 64 });
  expect(network.point?.variant).toBe('b5');
});

test('errors of the spec and of the weights reject with what a user would read', async () => {
  await expect(compile('model M { stem: Convv(8) }').toTfjs(tf)).rejects.toThrow(/Convv/);
  const network = compile(everyLayer);
  const checkpoint = randomWeights(network.graph!, 1);
  const fewer = new Map([...checkpoint.tensors].slice(1));
  await expect(network.toTfjs(tf, { checkpoint: { ...checkpoint, tensors: fewer } })).rejects.toThrow(/weight-missing/);
  const more = new Map([...checkpoint.tensors, ['aux.weight', { name: 'aux.weight', shape: [2], dtype: 'F32' }]]);
  const said: string[] = [];
  const options = {
    checkpoint: { ...checkpoint, tensors: more },
    onDiagnostic: (d: { code: string }) => said.push(d.code),
  };
  (await network.toTfjs(tf, options)).dispose();
  expect(said).toEqual(['weight-surplus']);
});
