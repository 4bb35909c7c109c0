import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import type { Graph } from '../../src/5-graph/graph.ts';
import { removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { applyPasses } from '../../src/6-emit/emit.ts';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { compile } from '../../src/compile.ts';
import { importModel } from '../../src/import/import-model.ts';
import { libraryModels } from '../../src/library.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { randomSpec } from '../forms/random-spec.ts';
import { distance, emitFiles, inputsOf, lively, runOrt } from '../onnx/emit.ts';

function imported(bytes: Uint8Array, name = 'net.onnx') {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return importModel({ name, file: { size: bytes.length, read } }, 'net');
}

/** A network written as ONNX and read back as a spec. */
function roundTrip(graph: Graph, fold: boolean, opset: number) {
  const lowered = applyPasses(graph, { purpose: 'inference' }, { fold, merge: false });
  const { bytes } = emitFiles(lowered, lively(), { opset });
  const { imported: back, diagnostics } = imported(bytes);
  return { lowered, bytes, back, messages: diagnostics.map(({ message }) => message) };
}

const small = libraryModels.flatMap(({ name, module, model }) => {
  const { graph } = compile({ name: module, text: stdlib[module] as string }, { model });
  return graph && totalCost(graph).params < 4e6 ? [{ name, model, graph }] : [];
});

test.each(small)('$name comes back from ONNX as what it is, with the same parameters', ({ name, model, graph }) => {
  const { back, messages } = roundTrip(graph, name !== 'efficientdet', 17);
  expect(messages.join()).toContain(`is a library model: ${model}`);
  expect(back!.text.split('\n').length).toBeLessThan(9);
  // the library's own batch norms, though the file has them folded
  expect(totalCost(back!.graph).params).toBe(totalCost(graph).params);
});

test("timm's form of a network with SAME padding is stated by its padding", async () => {
  const source = { name: 'std/mobilenet-v2', text: stdlib['std/mobilenet-v2'] as string };
  const { graph } = compile(source, {
    model: 'MobileNetV2',
    variant: 'w050',
    convention: 'torch',
    set: { classes: '7' },
  });
  const { lowered, bytes, back } = roundTrip(graph!, true, 17);
  expect(back!.text).toContain('net: MobileNetV2(variant: w050, classes: 7, padding: symmetric)');
  const inputs = inputsOf(lowered);
  const [before] = await runOrt(bytes, lowered, inputs);
  const [after] = await runOrt(emitFiles(removeTrainingOps(back!.graph), back!.weights!).bytes, back!.graph, inputs);
  expect(distance(after!, before!)).toBeLessThan(1e-4);
});

test('random specs come back from ONNX with the same outputs', async () => {
  const refused: string[] = [];
  for (let seed = 1; seed < 10; seed++) {
    const { text, options } = randomSpec(seed);
    const { graph } = compile({ name: 'random.enet', text }, options);
    const { lowered, bytes, back, messages } = roundTrip(graph!, seed % 2 === 0, [13, 17, 18, 21][seed % 4]!);
    if (!back) {
      refused.push(...messages);
      continue;
    }
    const again = emitFiles(removeTrainingOps(back.graph), back.weights!).bytes;
    const inputs = inputsOf(lowered);
    const [before, after] = [await runOrt(bytes, lowered, inputs), await runOrt(again, back.graph, inputs)];
    for (const [i, values] of before.entries()) expect(distance(after[i]!, values), `seed ${seed}`).toBeLessThan(1e-4);
  }
  // A size that only an unused input had cannot be expressed.
  expect(refused.filter((message) => !message.includes('no value before it has its size'))).toEqual([]);
  expect(refused.length).toBeLessThan(3);
});

const golden = new URL('./golden/', import.meta.url);

test.each([13, 17])("PyTorch's spelled-out forms of opset %d give PyTorch's outputs", async (opset) => {
  const { imported: back, diagnostics } = imported(readFileSync(new URL(`forms-${opset}.onnx`, golden)));
  expect(diagnostics).toEqual([]);
  const steps = ['LayerNorm', 'gelu', 'hardswish', 'ChannelShuffle(2)', 'GlobalAvgPool', 'silu', 'hardsigmoid'];
  for (const step of [...steps, 'GroupNorm(4', 'mish', 'Upsample(2)', 'Normalise', 'Split(', 'stride: 2']) {
    expect(back!.text).toContain(step);
  }
  expect(back!.text).not.toContain('Pad(');
  const bytes = readFileSync(new URL('forms.bin', golden));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const image = values.slice(0, 3 * 16 * 16);
  const found = await runOrt(emitFiles(back!.graph, back!.weights!).bytes, back!.graph, { image });
  const wanted = values.slice(image.length);
  expect(
    distance(
      found.flatMap((list) => [...list]),
      wanted,
    ),
  ).toBeLessThan(1e-5);
});

test('a long text without blocks says that it has none, and why', () => {
  const imports = [9, 12].map((seed) => {
    const { text, options } = randomSpec(seed);
    return roundTrip(compile({ name: 'random.enet', text }, options).graph!, false, 17);
  });
  const [flat, blocks] = imports.map(({ back, messages }) => [/^block /m.test(back!.text), messages]);
  expect(flat).toEqual([false, [expect.stringContaining('without blocks and tables: no part of it occurs twice')]]);
  expect(blocks).toEqual([true, []]);
});

test('a Pad below all numbers is the padding of the maximum that follows', async () => {
  const path = fileURLToPath(new URL('same-pools.onnx', golden));
  const { imported: back, diagnostics } = imported(readFileSync(path));
  expect(diagnostics).toEqual([]);
  expect(back!.text).toContain('MaxPool(3, stride: 2) -> MaxPool(3, stride: 1)');
  const image = new Float32Array(3 * 16 * 16);
  // below zero, where padding by zeros would show
  fillNormal(image, randomState(5, 'image'), 1);
  const [wanted] = await runOrt(path, back!.graph, { image: image.map((n) => n - 5) });
  const [found] = await runOrt(emitFiles(back!.graph, back!.weights!).bytes, back!.graph, {
    image: image.map((n) => n - 5),
  });
  expect(distance(found!, wanted!)).toBeLessThan(1e-5);
});

test('maps whose channels are last are turned around: padded and joined with numbers before that, and after', async () => {
  const floats = (name: string, dims: number[]) => {
    const values = new Float32Array(dims.reduce((product, n) => product * n, 1));
    fillNormal(values, randomState(9, name), 1);
    return { name, dims, dataType: 1, rawData: new Uint8Array(values.buffer) };
  };
  const integers = (name: string, list: number[]) => {
    const rawData = new Uint8Array(BigInt64Array.from(list.map(BigInt)).buffer);
    return { name, dims: [list.length], dataType: 7, rawData };
  };
  const node = (opType: string, input: string[], output: string, attribute: object[] = []) => {
    return { opType, name: output, input, output: [output], attribute };
  };
  const ints = (name: string, list: number[]) => ({ name, type: 7, ints: list });
  const value = (name: string, dims: number[]) => {
    return { name, type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } };
  };
  const turned = (perm: number[]) => [ints('perm', perm)];
  const graph = {
    name: 'net',
    input: [value('image', [1, 9, 7, 3])],
    output: [value('scores', [1, 5])],
    initializer: [
      floats('offset', [3]),
      floats('kernel', [4, 3, 3, 3]),
      floats('scale', [4]),
      floats('matrix', [4, 5]),
      integers('around', [0, 1, 2, 0, 0, 1, 2, 0]),
      integers('edge', [0, 0, 1, 1, 0, 0, 1, 1]),
      integers('both', [1, 2]),
    ],
    node: [
      node('Add', ['image', 'offset'], 'moved'),
      node('Pad', ['moved', 'around'], 'padded'),
      node('Transpose', ['padded'], 'first', turned([0, 3, 1, 2])),
      node('Conv', ['first', 'kernel'], 'conv', [ints('kernel_shape', [3, 3])]),
      node('Pad', ['conv', 'edge'], 'copied', [{ name: 'mode', type: 3, s: new TextEncoder().encode('edge') }]),
      node('MaxPool', ['copied'], 'most', [ints('kernel_shape', [3, 3]), ints('strides', [2, 2])]),
      node('Transpose', ['most'], 'last', turned([0, 2, 3, 1])),
      node('Mul', ['last', 'scale'], 'scaled'),
      node('ReduceMean', ['scaled', 'both'], 'mean', [{ name: 'keepdims', type: 2, i: 0 }]),
      node('MatMul', ['mean', 'matrix'], 'scores'),
    ],
  };
  const bytes = onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 18 }],
    graph,
  } as never).finish();
  const { imported: back, diagnostics } = imported(bytes);
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(back!.text).toContain('input image: [3, 9, 7]');
  const image = new Float32Array(3 * 9 * 7);
  fillNormal(image, randomState(5, 'image'), 2);
  const own = image.map((_, i) => image[(i % 3) * 63 + Math.floor(i / 3)] as number);
  const session = await InferenceSession.create(bytes);
  const { scores } = await session.run({ image: new Tensor('float32', own, [1, 9, 7, 3]) });
  const [found] = await runOrt(emitFiles(back!.graph, back!.weights!).bytes, back!.graph, { image });
  expect(distance(found!, scores!.data as Float32Array)).toBeLessThan(1e-5);
  // copies as wide as the window are in windows of their own
  const wide = {
    ...graph,
    initializer: graph.initializer.map((one) =>
      one.name === 'edge' ? integers('edge', [0, 0, 1, 1, 0, 0, 3, 1]) : one,
    ),
  };
  const refused = imported(
    onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: '', version: 18 }], graph: wide } as never).finish(),
  );
  expect(refused.diagnostics.map(({ message }) => message).join()).toContain("padding by 'edge' as wide as the window");
});

test.each([
  // a convolution over the whole of a map is a dense layer
  ['vgg11', 'VGG(variant: vgg11)'],
  // timm's means of stride 2 count their padding, those of stride 1 do not
  ['nasnetalarge', 'NASNetA(variant: large, count_pad: true)'],
  // the trunk within it takes the padding that the step gives
  ['lraspp_mobilenet_v3_large', 'LRASPP(padding: symmetric)'],
])("another program's %s is the library's", (name, call) => {
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL(`./families/${name}.onnx.gz`, import.meta.url))));
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  // its weights, which are not looked at, are in another file
  const openNear = () => ({ size: 600e6, read: () => new Uint8Array(0) });
  const { imported: back } = importModel({ name, file: { size: bytes.length, read }, openNear }, name);
  expect(back!.text).toContain(`net: ${call}\n`);
});

test('what cannot be expressed is an error that names the node, unless no output needs it', () => {
  const { graph } = compile({
    name: 'net.enet',
    text: 'model Net {\n  input image: [3, 8, 8]\n  a: Conv(4, 3)\n  b: elu\n  c: a -> relu\n  return b, c\n}\n',
  });
  const { bytes } = emitFiles(graph!, lively());
  const at = Buffer.from(bytes).indexOf('Elu');
  expect(at).toBeGreaterThan(0);
  const other = bytes.slice();
  other.set(new TextEncoder().encode('Foo'), at);
  const { imported: none, diagnostics } = imported(other);
  expect(none).toBeUndefined();
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "'net.onnx' cannot be imported: the node 'b/act' (Foo) cannot be expressed: the language has no such operator; 'enetc import --cut' leaves out what depends on it, and keeps 2 of 3 nodes",
  ]);
});

test('cut and damaged files are refused', () => {
  const bytes = new Uint8Array(readFileSync(new URL('forms-17.onnx', golden)));
  for (const length of [100, 5000, bytes.length - 10]) {
    expect(imported(bytes.slice(0, length)).diagnostics.map(({ code }) => code)).toEqual(['checkpoint-unreadable']);
  }
  // Whatever a bit makes of it, no exception comes out.
  for (let i = 0; i < 80; i++) {
    const damaged = bytes.slice();
    const at = (i * 7919) % 6000;
    damaged[at] = damaged[at]! ^ (1 << (i % 8));
    const { imported: back, diagnostics } = imported(damaged);
    expect(back !== undefined || diagnostics.length > 0).toBe(true);
  }
});

test('the command writes a spec and weights that compile to the same network', async () => {
  const cwd = folder({ 'forms.onnx': readFileSync(new URL('forms-17.onnx', golden)) });
  const ran = await enetc(['import', 'forms.onnx'], { cwd });
  expect(ran.err).toBe('');
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('forms.enet  ');
  const compiled = await enetc(['compile', 'forms.enet', '--weights', 'forms.safetensors', '-o', 'again.onnx'], {
    cwd,
  });
  expect(compiled.code).toBe(0);
  expect(existsSync(join(cwd, 'again.onnx'))).toBe(true);
  const twice = await enetc(['import', 'forms.onnx'], { cwd });
  expect([twice.code, twice.err]).toEqual([1, "error: 'forms.enet' exists; --force overwrites it\n"]);
  const diff = await enetc(['diff', 'forms.onnx', 'forms.enet'], { cwd });
  expect(diff.code).toBe(0);
  const summary = await enetc(['summary', 'forms.onnx', '--json'], { cwd });
  expect(JSON.parse(summary.out).totals.params).toBe(
    JSON.parse((await enetc(['summary', 'forms.enet', '--json'], { cwd })).out).totals.params,
  );
  const wrong = await enetc(['compile', 'forms.onnx'], { cwd });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("'enetc import forms.onnx' writes one");
  const weights = await enetc(['import', 'forms.safetensors', '-o', 'of-weights.enet'], { cwd });
  expect(weights.err).toContain('no library model has its');
});

test('a size of images that the file contradicts is refused, and an address is said to be one', async () => {
  const cwd = folder({ 'forms.onnx': readFileSync(new URL('forms-17.onnx', golden)) });
  const same = await enetc(['import', 'forms.onnx', '--resolution', '16'], { cwd });
  expect([same.code, same.err]).toEqual([0, '']);
  const other = await enetc(['import', 'forms.onnx', '--resolution', '32', '-o', 'other.enet'], { cwd });
  expect([other.code, existsSync(join(cwd, 'other.enet'))]).toEqual([1, false]);
  expect(other.err).toContain("the node 'image' (input) cannot be expressed: it is of 16 x 16 pixels, not of 32 x 32");
  const address = await enetc(['import', 'https://example.org/net.onnx'], { cwd });
  expect([address.code, address.err]).toEqual([
    1,
    "error: 'https://example.org/net.onnx' is an address: networks are read from files, so download it first\n",
  ]);
});
