import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { weightsFromTfjs } from '../../src/6-emit/tfjs/layers/model-weights.ts';
import { compile } from '../../src/compile.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { toHalf } from '../../src/weights/float16.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { featureOrders } from '../../src/weights/readers/layers-model/feature-order.ts';
import { openLayersFolder } from '../../src/weights/readers/layers-model/open-folder.ts';
import { readTopology } from '../../src/weights/readers/layers-model/topology.ts';
import { runReference } from '../onnx/reference.ts';
import { processorTime } from '../processor-time.ts';
import { channelsLast } from './models.ts';

// Models that TensorFlow.js makes by itself, and their folders in the forms that Keras and its converter write: the
// network of the same layers must give, with their weights, what TensorFlow.js gives.

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Json = Record<string, unknown>;

interface Saved {
  readonly json: Json;
  readonly bytes: Uint8Array;
}

async function saved(model: tf.LayersModel): Promise<Saved> {
  let result: Saved | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const data = artifacts.weightData as ArrayBuffer | ArrayBuffer[];
    const bytes = Buffer.concat([data].flat().map((part) => Buffer.from(part)));
    const weightsManifest = [{ paths: ['w.bin'], weights: artifacts.weightSpecs }];
    result = { json: { modelTopology: artifacts.modelTopology, format: 'layers-model', weightsManifest }, bytes };
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
  return result!;
}

function opened({ json, bytes }: Saved): { checkpoint?: Checkpoint; message?: string | undefined } {
  const { checkpoint, diagnostics } = openLayersFolder('m', JSON.stringify(json), () => ({
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }));
  return checkpoint ? { checkpoint } : { message: diagnostics[0]?.message };
}

/** What the network of a spec gives with a checkpoint, for one input. */
function outputs(spec: string, checkpoint: Checkpoint, image: Float32Array): number[][] {
  const { program, graph, diagnostics } = compile({ name: 'net.enet', text: spec }, {});
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { source, diagnostics: said } = chooseWeights(program, graph!, { checkpoint });
  expect(said.map(({ message }) => message)).toEqual([]);
  return runReference(graph!, source!, { image }).map((values) => [...values]);
}

const spec = (...sections: string[]) =>
  `model M {\n  convention tf\n  input image: [2, 6, 5]\n  ${sections.join('\n  ')}\n}\n`;
const image = (() => {
  const values = new Float32Array(60);
  fillNormal(values, randomState(1, 'image'), 1);
  return values;
})();

/** Layers by their names, with numbers of their own in every weight. */
const initialiser = (seed: number) => tf.initializers.randomNormal({ seed, mean: 0.1, stddev: 0.5 });
const conv = (name: string, filters = 3) =>
  tf.layers.conv2d({
    name,
    filters,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: initialiser(1),
    biasInitializer: initialiser(2),
  });
const dense = (name: string, units = 4) =>
  tf.layers.dense({ name, units, kernelInitializer: initialiser(3), biasInitializer: initialiser(4) });
const input = () => tf.input({ shape: [6, 5, 2], name: 'image' });
const chain = (x: tf.SymbolicTensor, ...layers: tf.layers.Layer[]) =>
  layers.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x);
const functional = (...layers: tf.layers.Layer[]) => {
  const x = input();
  return tf.model({ inputs: x, outputs: chain(x, ...layers) });
};
const sequential = (...layers: tf.layers.Layer[]) => {
  const model = tf.sequential();
  for (const layer of layers) model.add(layer);
  return model;
};
const flatConv = spec('c: Conv(3, 3) -> relu', 'fc: Linear(4)');

const models: Record<string, { make: () => tf.LayersModel; spec: string }> = {
  functional: { make: () => functional(conv('c'), tf.layers.flatten(), dense('fc')), spec: flatConv },
  sequential: {
    make: () =>
      sequential(tf.layers.inputLayer({ inputShape: [6, 5, 2] }), conv('c'), tf.layers.flatten(), dense('fc')),
    spec: flatConv,
  },
  'a flat shape instead of Flatten': {
    make: () => functional(conv('c'), tf.layers.reshape({ targetShape: [90] }), dense('fc')),
    spec: flatConv,
  },
  'maps turned before they are flattened, as enetc writes them': {
    make: () => functional(conv('c'), tf.layers.permute({ dims: [3, 1, 2] }), tf.layers.flatten(), dense('fc')),
    spec: flatConv,
  },
  'several dense layers behind one another': {
    make: () =>
      functional(
        conv('c'),
        tf.layers.flatten(),
        tf.layers.dropout({ rate: 0.5 }),
        dense('a', 5),
        tf.layers.reLU({}),
        dense('b'),
      ),
    spec: spec('c: Conv(3, 3) -> relu', 'a: Linear(5) -> relu', 'b: Linear(4)'),
  },
  'the image itself flattened': {
    make: () => functional(tf.layers.flatten(), dense('fc')),
    spec: spec('fc: Linear(4)'),
  },
  'the mean over all pixels': {
    make: () => functional(conv('c'), tf.layers.globalAveragePooling2d({}), dense('fc')),
    spec: spec('c: Conv(3, 3) -> relu', 'g: GlobalAvgPool', 'fc: Linear(4)'),
  },
  'a pool that leaves one pixel': {
    make: () => functional(conv('c'), tf.layers.averagePooling2d({ poolSize: 5 }), tf.layers.flatten(), dense('fc')),
    spec: spec('c: Conv(3, 3) -> relu', 'g: AvgPool(5, padding: valid)', 'fc: Linear(4)'),
  },
  'a depthwise convolution, a norm and a pool between': {
    make: () =>
      functional(
        conv('c'),
        tf.layers.depthwiseConv2d({
          name: 'dw',
          kernelSize: 3,
          depthMultiplier: 2,
          padding: 'same',
          depthwiseInitializer: initialiser(5),
          useBias: false,
        }),
        tf.layers.batchNormalization({ name: 'bn', betaInitializer: initialiser(6) }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.zeroPadding2d({ padding: 1 }),
        tf.layers.flatten(),
        dense('fc'),
      ),
    spec: spec(
      'c: Conv(3, 3) -> relu',
      'dw: Conv(6, 3, groups: 3, bias: false)',
      'bn: BatchNorm',
      'p: MaxPool(2, padding: valid) -> Pad(1, 1)',
      'fc: Linear(4)',
    ),
  },
  'branches joined and summed': {
    make: () => {
      const x = input();
      const [a, b] = [chain(x, conv('a.c')), chain(x, conv('b.c'))];
      const sum = tf.layers.add().apply([a, b]) as tf.SymbolicTensor;
      const all = tf.layers.concatenate().apply([sum, x]) as tf.SymbolicTensor;
      return tf.model({ inputs: x, outputs: chain(all, tf.layers.flatten(), dense('fc')) });
    },
    spec: spec(
      'a: image -> c: Conv(3, 3) -> relu',
      'b: image -> c: Conv(3, 3) -> relu',
      'all: a -> Add(b) -> Concat(image)',
      'fc: Linear(4)',
    ),
  },
  'two heads, each with a Flatten': {
    make: () => {
      const x = input();
      const c = chain(x, conv('c'));
      const heads = [chain(c, tf.layers.flatten(), dense('a.fc')), chain(x, tf.layers.flatten(), dense('b.fc'))];
      return tf.model({ inputs: x, outputs: heads });
    },
    spec: spec('c: Conv(3, 3) -> relu', 'a: c -> fc: Linear(4)', 'b: image -> fc: Linear(4)', 'return a, b'),
  },
  'a model within a model': {
    make: () => {
      const x = tf.input({ shape: [6, 5, 2] });
      return functional(
        tf.model({ inputs: x, outputs: chain(x, conv('c')), name: 'body' }),
        tf.layers.flatten(),
        dense('fc'),
      );
    },
    spec: flatConv,
  },
  'a head that is a model of its own': {
    make: () => {
      const head = sequential(tf.layers.inputLayer({ inputShape: [6, 5, 3] }), tf.layers.flatten(), dense('fc'));
      return functional(conv('c'), head);
    },
    spec: flatConv,
  },
  'maps of one pixel, each flattened, and vectors joined': {
    make: () => {
      const x = input();
      const pooled = (name: string, filters: number) =>
        chain(x, conv(name, filters), tf.layers.averagePooling2d({ poolSize: 5 }), tf.layers.flatten());
      const vectors = [pooled('a.c', 3), chain(x, tf.layers.globalAveragePooling2d({})), pooled('b.c', 2)];
      const all = tf.layers.concatenate().apply(vectors) as tf.SymbolicTensor;
      return tf.model({ inputs: x, outputs: chain(all, tf.layers.dropout({ rate: 0.1 }), dense('fc')) });
    },
    spec: spec(
      'a: image -> c: Conv(3, 3) -> relu -> AvgPool(5, padding: valid)',
      'b: image -> c: Conv(2, 3) -> relu -> AvgPool(5, padding: valid)',
      'mean: image -> GlobalAvgPool',
      'all: Concat(a, mean, b)',
      'fc: Linear(4)',
    ),
  },
  'flattened maps and vectors joined, with steps between': {
    make: () => {
      const x = input();
      const a = chain(
        x,
        conv('a.c'),
        tf.layers.zeroPadding2d({ padding: 1 }),
        tf.layers.cropping2D({
          cropping: [
            [0, 1],
            [0, 1],
          ],
        }),
        tf.layers.upSampling2d({ size: [2, 2] }),
        tf.layers.maxPooling2d({ poolSize: [2, 3], strides: [1, 2] }),
        tf.layers.flatten(),
      );
      const mean = chain(x, tf.layers.globalAveragePooling2d({}));
      const b = chain(x, conv('b.c', 2), tf.layers.maxPooling2d({ poolSize: 2, padding: 'same' }));
      const all = tf.layers.concatenate().apply([a, mean, chain(b, tf.layers.flatten())]) as tf.SymbolicTensor;
      const gate = chain(all, tf.layers.activation({ activation: 'sigmoid' }));
      return tf.model({ inputs: x, outputs: chain(tf.layers.multiply().apply([all, gate]) as never, dense('fc')) });
    },
    spec: spec(
      'a: image -> c: Conv(3, 3) -> relu -> Pad(1, 1) -> Pad(0, -1) -> Upsample(2) -> MaxPool([2, 3], [1, 2], padding: valid) -> Flatten',
      'b: image -> c: Conv(2, 3) -> relu -> MaxPool(2, 2, padding: same) -> Flatten',
      'mean: image -> GlobalAvgPool -> Flatten',
      'all: Concat(a, mean, b)',
      'gated: all -> sigmoid -> Mul(all)',
      'fc: Linear(4)',
    ),
  },
  'channels shuffled before': {
    make: () =>
      functional(
        conv('c', 6),
        tf.layers.reshape({ targetShape: [30, 3, 2] }),
        tf.layers.permute({ dims: [1, 3, 2] }),
        tf.layers.reshape({ targetShape: [6, 5, 6] }),
        tf.layers.flatten(),
        dense('fc'),
      ),
    spec: spec('c: Conv(6, 3) -> relu -> ChannelShuffle(3)', 'fc: Linear(4)'),
  },
};

/** The same model as other programs write it. */
const dialects: Record<string, (json: Json) => Json> = {
  'TensorFlow.js': (json) => json,
  "Keras's converter": (json) => ({
    ...json,
    modelTopology: { keras_version: '2.9.0', backend: 'tensorflow', model_config: json.modelTopology },
    weightsManifest: named(json, (name) => name.replace(/^(fc|c)\//, 'model/$1/')),
  }),
  'Keras 3': (json) => ({
    ...json,
    modelTopology: { keras_version: '3.4.0', model_config: asKeras3(json.modelTopology) },
  }),
};

/** The topology with references as Keras 3 writes them. */
function asKeras3(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(asKeras3);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (key === 'batch_input_shape') return ['batch_shape', value];
      if (key === 'class_name' && value === 'Model') return [key, 'Functional'];
      if (key !== 'inbound_nodes') return [key, asKeras3(value)];
      const tensor = ([layer, call, output]: unknown[]) => ({
        class_name: '__keras_tensor__',
        config: { shape: [null, 6, 5, 2], keras_history: [layer, call, output] },
      });
      const calls = value as unknown[][][];
      return [
        key,
        calls.map((refs) => ({
          args: refs.length === 1 ? [tensor(refs[0]!)] : [refs.map(tensor)],
          kwargs: { mask: null },
        })),
      ];
    }),
  );
}

function named(json: Json, rename: (name: string) => string) {
  const groups = json.weightsManifest as { weights: { name: string }[] }[];
  return groups.map((group) => ({ ...group, weights: group.weights.map((w) => ({ ...w, name: rename(w.name) })) }));
}

describe.each(Object.keys(models))('%s', (kind) => {
  const { make, spec: text } = models[kind]!;
  test.each(Object.keys(dialects))('as %s writes it', async (dialect) => {
    const model = make();
    const { json, bytes } = await saved(model);
    const { checkpoint, message } = opened({ json: dialects[dialect]!(json), bytes });
    expect(message).toBeUndefined();
    const prefixed: Checkpoint = { ...checkpoint!, tensors: checkpoint!.tensors };
    const plain = dialect === "Keras's converter" ? withoutPrefix(prefixed, 'model/') : prefixed;
    const found = outputs(text, plain, image);
    const expected = [model.predict(channelsLast(image, 1, [2, 6, 5]))].flat() as tf.Tensor[];
    for (const [i, values] of found.entries()) {
      const theirs = await expected[i]!.data();
      expect(values).toHaveLength(theirs.length);
      for (const [k, value] of values.entries()) expect(value).toBeCloseTo(theirs[k]!, 4);
    }
    model.dispose();
  });

  test('in memory as in its folder', async () => {
    const model = make();
    const memory = await weightsFromTfjs(model);
    const { checkpoint } = opened(await saved(model));
    expect([...memory.tensors.values()]).toEqual([...checkpoint!.tensors.values()]);
    for (const name of memory.tensors.keys()) expect(memory.read(name)).toEqual(checkpoint!.read(name));
    model.dispose();
  });
});

test('a model in memory that does not state in which order it reads its features', async () => {
  const turned = functional(conv('c'), tf.layers.permute({ dims: [2, 1, 3] }), tf.layers.flatten(), dense('fc'));
  await expect(weightsFromTfjs(turned)).rejects.toThrow("does not state in which order 'fc' reads its features");
  turned.dispose();
});

/** A checkpoint whose names lose the model that they stand in. */
function withoutPrefix(checkpoint: Checkpoint, prefix: string): Checkpoint {
  const short = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const long = new Map([...checkpoint.tensors.keys()].map((name) => [short(name), name]));
  const tensors = new Map([...checkpoint.tensors.values()].map((t) => [short(t.name), { ...t, name: short(t.name) }]));
  return { ...checkpoint, tensors, read: (name) => checkpoint.read(long.get(name)!) };
}

describe('where the order of features cannot be known, that is an error', () => {
  const layers = (...list: [string, Json?][]) => ({
    class_name: 'Sequential',
    config: list.map(([class_name, config], i) => ({ class_name, config: { name: `l${i}`, ...config } })),
  });
  const first: [string, Json] = [
    'Conv2D',
    { batch_input_shape: [null, 6, 5, 2], filters: 3, data_format: 'channels_last' },
  ];
  const fc: [string, Json] = ['Dense', { name: 'fc', units: 4 }];
  const problem = (modelTopology: unknown, features = 90) => {
    const weights = [{ name: 'fc/kernel', shape: [features, 4], dtype: 'float32' }];
    return opened({
      json: { modelTopology, weightsManifest: [{ paths: ['w.bin'], weights }] },
      bytes: new Uint8Array(features * 16),
    }).message;
  };
  const circle = {
    class_name: 'Model',
    config: {
      layers: [
        { class_name: 'Conv2D', name: 'a', config: { filters: 3 }, inbound_nodes: [[['b', 0, 0, {}]]] },
        { class_name: 'Flatten', name: 'b', config: {}, inbound_nodes: [[['a', 0, 0, {}]]] },
        { class_name: 'Dense', name: 'fc', config: { units: 4 }, inbound_nodes: [[['b', 0, 0, {}]]] },
      ],
      input_layers: [],
      output_layers: [['fc', 0, 0]],
    },
  };

  const joinedMaps = {
    class_name: 'Model',
    config: {
      layers: [
        { class_name: 'InputLayer', name: 'in', config: { batch_input_shape: [null, 6, 5, 2] }, inbound_nodes: [] },
        { class_name: 'Resizing', name: 'r', config: {}, inbound_nodes: [[['in', 0, 0, {}]]] },
        { class_name: 'Flatten', name: 'a', config: {}, inbound_nodes: [[['r', 0, 0, {}]]] },
        { class_name: 'Flatten', name: 'b', config: {}, inbound_nodes: [[['r', 0, 0, {}]]] },
        { class_name: 'Concatenate', name: 'all', config: {}, inbound_nodes: [['a', 'b'].map((x) => [x, 0, 0, {}])] },
        { class_name: 'Dense', name: 'fc', config: { units: 4 }, inbound_nodes: [[['all', 0, 0, {}]]] },
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['fc', 0, 0]],
    },
  };

  const summedMaps = {
    class_name: 'Model',
    config: {
      layers: [
        { class_name: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 6, 5, 3] }, inbound_nodes: [] },
        { class_name: 'InputLayer', name: 'y', config: { batch_input_shape: [null, 9, 10, 1] }, inbound_nodes: [] },
        { class_name: 'Flatten', name: 'a', config: {}, inbound_nodes: [[['x', 0, 0, {}]]] },
        { class_name: 'Flatten', name: 'b', config: {}, inbound_nodes: [[['y', 0, 0, {}]]] },
        { class_name: 'Add', name: 'sum', config: {}, inbound_nodes: [['a', 'b'].map((x) => [x, 0, 0, {}])] },
        { class_name: 'Dense', name: 'fc', config: { units: 4 }, inbound_nodes: [[['sum', 0, 0, {}]]] },
      ],
      input_layers: ['x', 'y'].map((x) => [x, 0, 0]),
      output_layers: [['fc', 0, 0]],
    },
  };

  test.each<[string, unknown, string]>([
    ['flattened maps of other channels summed', summedMaps, "it comes after 'sum'"],
    ['no topology', undefined, 'it has no topology that can be read'],
    [
      'a topology of another kind',
      { class_name: 'Model', config: { layers: 3 } },
      'it has no topology that can be read',
    ],
    ['no such layer', layers(first, ['Flatten']), 'its topology has no such layer'],
    [
      'a layer of unknown doings',
      layers(first, ['Lambda', { name: 'turn' }], ['Flatten'], fc),
      "it comes after 'turn'",
    ],
    [
      'a turn of the pixels',
      layers(first, ['Permute', { name: 'turn', dims: [2, 1, 3] }], ['Flatten'], fc),
      "it comes after 'turn'",
    ],
    ['flattened maps of unknown sizes joined', joinedMaps, 'it reads 2 flattened maps whose sizes are not known'],
    ['no shape', layers(['Flatten'], fc), "it comes after 'the input'"],
    ['a circle', circle, 'its layers refer to each other in a cycle'],
  ])('%s', (_what, topology, why) => {
    expect(problem(topology)).toContain("the model does not state in which order 'fc' reads its features");
    expect(problem(topology)).toContain(why);
  });

  test('features that are not whole pixels', () => {
    expect(problem(layers(first, ['Flatten'], fc), 91)).toContain(
      "'fc/kernel' is for 91 features, but its topology gives it 3 channels",
    );
  });

  test('channels first: Keras turns the map when it flattens it, unless it is said to be last', () => {
    const orders = (format: string) => {
      const topology = layers(
        ['Conv2D', { ...first[1], data_format: 'channels_first' }],
        ['Flatten', { data_format: format }],
        fc,
      );
      return featureOrders(readTopology(topology)!).get('fc');
    };
    expect(orders('channels_first')).toEqual({ kind: 'pixels', maps: [{ channels: 3 }] });
    expect(orders('channels_last')).toEqual({ kind: 'ours' });
  });

  test('models within models that would be followed for ever end soon', () => {
    let inner: Json = layers(first, ['Flatten'], fc);
    for (let depth = 0; depth < 30; depth++) {
      const call = (from: string) => [[[from, 0, 0, {}]]];
      const twice = { ...inner, name: 'twice', inbound_nodes: [...call('in'), ...call('in')] };
      const layersOf = [
        { class_name: 'InputLayer', name: 'in', config: { batch_input_shape: [null, 6, 5, 2] }, inbound_nodes: [] },
        twice,
      ];
      inner = {
        class_name: 'Model',
        config: { layers: layersOf, input_layers: [['in', 0, 0]], output_layers: [['twice', 1, 0]] },
      };
    }
    const start = processorTime();
    problem(inner);
    expect(processorTime() - start).toBeLessThan(5_000);
  });

  test('a chain of many layers is read in linear time', () => {
    const many = Array.from({ length: 50_000 }, (): [string] => ['ReLU']);
    expect(problem(layers(first, ...many, ['Flatten'], fc))).toBeUndefined();
  });
});

describe('quantised weights', () => {
  const kernel = Float32Array.from([-1, 1, -0.6, -0.2]);
  const folder = (quantization: unknown, bytes: Uint8Array, before = 0): Saved => {
    const weights = [
      ...(before ? [{ name: 'odd', shape: [before], dtype: 'bool' }] : []),
      { name: 'c/kernel', shape: [1, 1, 2, 2], dtype: 'float32', ...(quantization !== undefined && { quantization }) },
    ];
    const all = Buffer.concat([new Uint8Array(before), bytes]);
    return { json: { weightsManifest: [{ paths: ['w.bin'], weights }] }, bytes: all };
  };
  const read = (f: Saved) => [...opened(f).checkpoint!.read('c.weight')];
  const bytesOf = (numbers: ArrayBufferView) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

  test('of 8 and 16 bits: q * scale + min; at odd places of the file too', () => {
    const eight = { dtype: 'uint8', min: -1, scale: 2 / 255 };
    const sixteen = { dtype: 'uint16', min: -1, scale: 2 / 65535 };
    const close = (values: number[]) => {
      for (const [i, v] of [-1, -0.6, 1, -0.2].entries()) expect(values[i]).toBeCloseTo(v, 6);
    };
    close(read(folder(eight, Uint8Array.from([0, 255, 51, 102]))));
    close(read(folder(sixteen, bytesOf(Uint16Array.from([0, 65535, 13107, 26214])))));
    close(read(folder(sixteen, bytesOf(Uint16Array.from([0, 65535, 13107, 26214])), 3)));
  });

  test('half precision, as TensorFlow.js decodes it', () => {
    const halves = new Uint16Array(4);
    toHalf(kernel, halves);
    const theirs = tf.io
      .decodeWeights(halves.buffer, [
        { name: 'c/kernel', shape: [1, 1, 2, 2], dtype: 'float32', quantization: { dtype: 'float16' } },
      ])
      ['c/kernel']!.dataSync();
    expect(read(folder({ dtype: 'float16' }, bytesOf(halves), 1))).toEqual([
      theirs[0],
      theirs[2],
      theirs[1],
      theirs[3],
    ]);
  });

  test.each([
    [{ dtype: 'uint8', min: -1 }],
    [{ dtype: 'uint8', min: -1, scale: '2' }],
    [{ dtype: 'int4', min: 0, scale: 1 }],
    [7],
  ])('%j is said to be unknown', (quantization) => {
    expect(opened(folder(quantization, new Uint8Array(4))).message).toContain(
      "'c/kernel' is stored in an unknown format",
    );
  });

  test('a wrong number of bytes, and two weights of one name', () => {
    expect(opened(folder({ dtype: 'float16' }, new Uint8Array(16))).message).toContain(
      'have 16 bytes, but model.json states 8',
    );
    const twice = folder(undefined, new Uint8Array(32));
    const [group] = twice.json.weightsManifest as [{ weights: unknown[] }];
    group.weights.push(group.weights[0]);
    expect(opened(twice).message).toContain("it has two weights 'c/kernel'");
  });
});
