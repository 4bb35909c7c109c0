import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/5-graph/graph.ts';
import { halfPrecision } from '../../src/5-graph/passes/half-precision.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { version } from '../../src/version.ts';
import { foldedWeights } from '../../src/weights/folded-weights.ts';
import { seededWeights } from '../../src/weights/initialise.ts';
import { decode, distance, emitFiles, inputsOf, lively, runOrt } from './emit.ts';
import { foldNorms, graphBuilder, span, window } from './graph-builder.ts';
import { opCases } from './op-cases.ts';
import { runReference } from './reference.ts';
import { smallNet } from './small-net.ts';

it('holds no tensor that nothing reads', () => {
  for (const [name, make] of Object.entries(opCases)) {
    const { graph } = decode(emitFiles(make(), lively()).bytes);
    const read = new Set(graph.node!.flatMap(({ input }) => input ?? []));
    const unread = graph.initializer!.map((tensor) => tensor.name!).filter((tensor) => !read.has(tensor));
    expect(unread, name).toEqual([]);
  }
});

it('states that there is one for all samples of what comes of weights alone', () => {
  const g = graphBuilder();
  const share = g.act(g.weight('share', [1, 1, 1]), 'share', 'relu');
  const total = g.rescale(share, 'total', 1, 1e-4);
  const fused = g.act(g.elementwise('div', [g.input([1, 1, 1]), total], 'fused'), 'fused', 'relu');
  const { graph } = decode(emitFiles(g.build({ y: g.act(fused, 'y', 'tanh') }), lively()).bytes);
  const firsts = graph.valueInfo!.map(({ name, type }) => {
    const { dimParam, dimValue } = type!.tensorType!.shape!.dim![0]!;
    return `${name} ${dimParam || dimValue}`;
  });
  expect(firsts.filter((text) => /^(share|total)/.test(text)).length).toBeGreaterThan(1);
  for (const text of firsts) expect(text).toMatch(/^(share|total)/.test(text) ? / 1$/ : / batch$/);
});

describe('a whole network', () => {
  const graph = smallNet();
  const inputs = inputsOf(graph);
  const expected = runReference(graph, lively(), inputs);

  it('computes what the reference computes', async () => {
    const results = await runOrt(emitFiles(graph, lively()).bytes, graph, inputs);
    for (const [i, result] of results.entries()) expect(distance(result, expected[i]!)).toBeLessThan(1e-5);
  });

  it('computes the same with its norms folded, and has none of their tensors', async () => {
    const folded = foldNorms(graph);
    const { bytes } = emitFiles(folded, foldedWeights(folded, lively()));
    const results = await runOrt(bytes, graph, inputs);
    for (const [i, result] of results.entries()) expect(distance(result, expected[i]!)).toBeLessThan(1e-5);
    const names = decode(bytes).graph.initializer!.map((t) => t.name);
    expect(names.filter((name) => name!.includes('.bn.'))).toEqual([]);
    expect(names).toContain('stem.conv.bias');
  });

  it('comes close in half precision, with single precision outside', async () => {
    const { bytes } = emitFiles(graph, lively(), { half: true });
    const results = await runOrt(bytes, graph, inputs);
    for (const [i, result] of results.entries()) expect(distance(result, expected[i]!)).toBeLessThan(2e-2);
    const { graph: proto } = decode(bytes);
    expect(proto.node!.filter((node) => node.opType === 'Cast').map((node) => node.name)).toEqual([
      'image/half',
      'features/output',
      'logits/output',
    ]);
    expect(new Set(proto.initializer!.map((t) => t.dataType))).toEqual(new Set([10]));
    expect([...proto.input!, ...proto.output!].map((value) => value.type!.tensorType!.elemType)).toEqual([1, 1, 1]);
  });

  it.each([1e-4, 1000])(
    'computes what squares its input in single precision within half: pixels of %d',
    async (scale) => {
      const g = graphBuilder();
      const x = g.input([3, 2, 2]);
      const response = g.op(x, 'response', { kind: 'localResponseNorm', size: 3, alpha: 1e-4, beta: 0.75, k: 2 });
      const net = g.build({ unit: g.op(x, 'unit', { kind: 'normalise', epsilon: 1e-12 }), response });
      const scaled = Object.entries(inputsOf(net)).map(([name, pixels]) => [name, pixels.map((v) => v * scale)]);
      const values: Record<string, Float32Array> = Object.fromEntries(scaled);
      const results = await runOrt(emitFiles(net, lively(), { half: true }).bytes, net, values);
      const wanted = runReference(net, lively(), values);
      for (const [i, result] of results.entries()) expect(distance(result, wanted[i]!)).toBeLessThan(2e-2);
    },
  );

  it('takes any batch by default, and only its own where one is given', async () => {
    const two = inputsOf(graph, 2);
    const size = two.image!.length / 2;
    const { bytes } = emitFiles(graph, lively());
    const [, logits] = await runOrt(bytes, graph, two, 2);
    const second = runReference(graph, lively(), { image: two.image!.subarray(size) })[1]!;
    expect(distance(logits!.subarray(10), second)).toBeLessThan(1e-5);
    expect(decode(bytes).graph.input![0]!.type!.tensorType!.shape!.dim![0]!.dimParam).toBe('batch');

    const fixed = emitFiles(graph, lively(), { batch: 2 }).bytes;
    expect(distance((await runOrt(fixed, graph, two, 2))[1]!, logits!)).toBeLessThan(1e-6);
    await expect(runOrt(fixed, graph, inputs, 1)).rejects.toThrow(/expected: 2|Expected: 2/i);
  });

  it('keeps its weights next to it when asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'enet-onnx-'));
    try {
      const { files } = emitFiles(graph, lively(), { externalData: true });
      for (const [suffix, bytes] of files) writeFileSync(join(folder, `model.onnx${suffix}`), bytes);
      const results = await runOrt(join(folder, 'model.onnx'), graph, inputs);
      for (const [i, result] of results.entries()) expect(distance(result, expected[i]!)).toBeLessThan(1e-5);
      const external = decode(files.get('')!).graph.initializer!.filter((t) => t.dataLocation === 1);
      const offsets = external.map((t) => Number(t.externalData!.find((entry) => entry.key === 'offset')!.value));
      expect(external.length).toBeGreaterThan(0);
      expect(offsets.every((offset) => offset % 4096 === 0)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is written by the same bytes each time', () => {
    const options = { half: true, externalData: true };
    const [a, b] = [1, 2].map(() => emitFiles(graph, seededWeights(graph, 5), options, [['a', 'b']]));
    expect(a!.files).toEqual(b!.files);
  });
});

describe('the file', () => {
  it('says where it comes from, and which formats it needs', () => {
    for (const [opset, ir] of [
      [13, 7],
      [14, 7],
      [15, 8],
      [18, 8],
      [19, 9],
      [20, 9],
      [21, 10],
      [22, 10],
      [23, 11],
      [24, 12],
      [25, 13],
      [27, 13],
      [28, 14],
    ] as const) {
      const { model } = decode(
        emitFiles(smallNet(), lively(), { opset }, [
          ['phi', '0'],
          ['mean', '0.5'],
        ]).bytes,
      );
      expect(model.producerName).toBe('enetc');
      expect(model.producerVersion).toBe(version);
      expect(Number(model.irVersion)).toBe(ir);
      expect(model.opsetImport!.map((o) => [o.domain, Number(o.version)])).toEqual([['', opset]]);
      expect(model.metadataProps!.map((p) => [p.key, p.value])).toEqual([
        ['phi', '0'],
        ['mean', '0.5'],
      ]);
    }
  });

  it('names nodes and values by the paths, each once', () => {
    const { graph } = decode(emitFiles(smallNet(), lively()).bytes);
    const nodes = graph.node!.map((node) => node.name!);
    expect(nodes).toContain('stages.0.0.depthwise.conv');
    expect(nodes).toContain('stem/act');
    expect(new Set(nodes).size).toBe(nodes.length);
    const values = [
      ...graph.input!.map((v) => v.name!),
      ...graph.initializer!.map((t) => t.name!),
      ...graph.node!.flatMap((node) => node.output!),
    ];
    expect(new Set(values).size).toBe(values.length);
  });

  it('has no node that does nothing but the one that keeps a hardsigmoid from its product, and no tensor that nothing uses', () => {
    const { graph } = decode(emitFiles(smallNet(), lively()).bytes);
    const types = graph.node!.map((node) => node.opType);
    const idle = graph.node!.filter((node) => node.opType === 'Identity');
    expect(idle.map((node) => node.name)).toEqual(['stages.0.0.se/mul/gate']);
    expect(types).not.toContain('Dropout');
    const used = new Set(graph.node!.flatMap((node) => node.input!));
    for (const tensor of graph.initializer!) expect(used).toContain(tensor.name);
    expect(graph.initializer!.filter((t) => t.name!.startsWith('constant')).length).toBe(2);
  });

  it('is as long as the progress said, and written a tensor at a time', () => {
    const graph = smallNet();
    for (const externalData of [false, true]) {
      const { files, written, progress } = emitFiles(graph, lively(), { externalData });
      const length = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
      expect(written).toBe(length);
      for (const [done, total] of progress) {
        expect(total).toBeGreaterThanOrEqual(done);
        if (!externalData) expect(total).toBe(length);
        else expect(Math.abs(total - length) / length).toBeLessThan(0.05);
      }
      expect(progress.map(([done]) => done)).toEqual(progress.map(([done]) => done).sort((a, b) => a - b));
      if (!externalData) expect(progress.at(-1)).toEqual([length, length]);
    }
  });
});

describe('forms', () => {
  const types = (graph: Graph, options = {}) =>
    decode(emitFiles(graph, lively(), options).bytes).graph.node!.map((node) => node.opType);
  const large = () => {
    const g = graphBuilder();
    const x = g.input([16, 32, 32]);
    const gate = g.act(g.conv(g.globalPool(x, 'se'), 'se.fc', 16, window(1)), 'se', 'sigmoid');
    return g.build({ y: g.mul(x, gate, 'se') });
  };

  it('are those that every runtime takes, but for a mean of a large map in two steps', () => {
    const mean = ['AveragePool', 'GlobalAveragePool'];
    expect(types(large())).toEqual([...mean, 'Conv', 'Sigmoid', 'Mul']);
    expect(types(large(), { half: true })).toEqual(['Cast', 'GlobalAveragePool', 'Conv', 'Sigmoid', 'Mul', 'Cast']);
    expect(types(large(), { tuned: 'ort-x86' })).toEqual([...mean, 'Conv', 'Sigmoid', 'Resize', 'Mul']);
  });

  it('give a mean of a large map the digits that one running sum loses', async () => {
    const g = graphBuilder();
    const graph = g.build({ y: g.globalPool(g.input([1, 224, 224]), 'head') });
    const image = Float32Array.from({ length: 224 * 224 }, (_, i) => 1000 + (i % 7) / 8);
    const [y] = await runOrt(emitFiles(graph, lively()).bytes, graph, { image });
    expect(distance(y!, runReference(graph, lively(), { image })[0]!)).toBeLessThan(1e-6);
  });
});

describe('outputs', () => {
  it('need no node of their own, even where the network goes on from them', async () => {
    const g = graphBuilder();
    const a = g.act(g.input([2, 3, 3]), 'a', 'relu');
    const graph = g.build({ c2: g.dropout(a, 'a'), c3: g.act(a, 'b', 'tanh') });
    const { bytes } = emitFiles(graph, lively());
    expect(decode(bytes).graph.node!.map((node) => [node.opType, node.output])).toEqual([
      ['Relu', ['c2']],
      ['Tanh', ['c3']],
    ]);
  });

  it('pass on an input, or a value given twice, by an Identity', async () => {
    const g = graphBuilder();
    const x = g.input([2, 3, 3]);
    const a = g.act(x, 'a', 'relu');
    const graph = g.build([
      ['same', x],
      ['first', a],
      ['again', a],
    ]);
    const inputs = inputsOf(graph);
    for (const half of [false, true]) {
      const results = await runOrt(emitFiles(graph, lively(), { half }).bytes, graph, inputs);
      const expected = runReference(graph, lively(), inputs);
      for (const [i, result] of results.entries())
        expect(distance(result, expected[i]!)).toBeLessThan(half ? 1e-3 : 1e-6);
    }
    const types = decode(emitFiles(graph, lively()).bytes).graph.node!.map((node) => node.opType);
    expect(types).toEqual(['Relu', 'Identity', 'Identity']);
  });

  it('keep their names where a path is the same', () => {
    const g = graphBuilder();
    const a = g.conv(g.input([2, 3, 3]), 'logits', 2, window(1));
    const graph = g.build({ logits: g.conv(a, 'classifier', 2, window(1)) });
    const { graph: proto } = decode(emitFiles(graph, lively()).bytes);
    expect(proto.output!.map((value) => value.name)).toEqual(['logits']);
    expect(proto.node!.map((node) => node.output)).toEqual([['logits_1'], ['logits']]);
  });
});

describe('check', () => {
  const check = (options: object, graph = smallNet()) =>
    onnxTarget.check(graph, { ...onnxTarget.defaults, ...options }).map((d) => [d.code, d.span]);

  it('accepts what can be written', () => {
    for (const opset of [13, 18, 19, 28]) expect(check({ opset, batch: 4 })).toEqual([]);
  });

  it('names an opset and a batch that cannot', () => {
    for (const opset of [12, 29, 17.5, Number.NaN]) expect(check({ opset })).toEqual([['onnx-opset', undefined]]);
    for (const batch of [0, -1, 1.5, Number.NaN]) expect(check({ batch })).toEqual([['onnx-batch', undefined]]);
  });

  it('refuses tuned forms in half precision, which has none', () => {
    expect(check({ tuned: 'ort-x86' }, halfPrecision(smallNet()))).toEqual([['onnx-tuned-half', undefined]]);
    expect(check({ tuned: 'ort-x86' })).toEqual([]);
  });

  it('names the source of an op that ONNX lacks', () => {
    const g = graphBuilder();
    const graph = g.build({ y: g.avgPool(g.input([2, 9, 9]), 'a', window(3, 1, undefined, 2), false) });
    expect(check({}, graph)).toEqual([['unsupported-op', span]]);
  });
});

it('warns of weights that half precision cannot hold', () => {
  const g = graphBuilder();
  const graph = g.build({ y: g.linear(g.input([4]), 'classifier', 1, false) });
  const { diagnostics } = emitFiles(graph, { read: () => Float32Array.of(1, 65519, 65520, -1e9) }, { half: true });
  expect(diagnostics.map((d) => [d.code, d.severity, d.message])).toMatchInlineSnapshot(`
    [
      [
        "half-overflow",
        "warning",
        "2 values of 'classifier.weight' are too large for half precision and became infinite",
      ],
    ]
  `);
});
