import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { removeTrainingOps } from '../../src/5-graph/passes/for-inference.ts';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { compile } from '../../src/compile.ts';
import type { ImportOptions } from '../../src/import/import-model.ts';
import { importModel } from '../../src/import/import-model.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { decode, distance, emitFiles, lively, runOrt } from '../onnx/emit.ts';

const text = `model Net {
  input image: [3, 16, 16]
  stem: conv: Conv(8, 3, stride: 2) -> relu
  near: boxes: Conv(8, 3)
  down: stem -> conv: Conv(8, 3, stride: 2) -> relu
  far: boxes: Conv(8, 3)
  return near: near, far: far
}
`;

const list = (name: string, dims: number[]) => ({
  name,
  dataType: 7,
  dims: [dims.length],
  int64Data: dims,
});
const integers = (name: string, ints: number[]) => ({ name, type: 7, ints });

/** A detector as torchvision's come out of PyTorch: each head's boxes in rows, those of all heads one after another, then selected. */
function detector(end: 'rows' | 'selected'): Uint8Array {
  const { graph } = compile({ name: 'net.enet', text });
  const { model, graph: net } = decode(emitFiles(graph!, lively()).bytes);
  const heads = net.output!.map(({ name }) => name as string);
  net.initializer!.push(list('split', [1, 2, 4, 0, 0]) as never, list('rows', [1, -1, 4]) as never);
  for (const head of heads) {
    const size = head === heads[0] ? 8 : 4;
    net.initializer!.push(list(`/${head}/split`, [1, 2, 4, size, size]) as never);
    const at = (part: string) => `/${head}/${part}_output_0`;
    net.node!.push(
      { name: `/${head}/Reshape`, opType: 'Reshape', input: [head, `/${head}/split`], output: [at('Reshape')] },
      {
        name: `/${head}/Transpose`,
        opType: 'Transpose',
        input: [at('Reshape')],
        output: [at('Transpose')],
        attribute: [integers('perm', [0, 3, 4, 1, 2])],
      },
      { name: `/${head}/Rows`, opType: 'Reshape', input: [at('Transpose'), 'rows'], output: [at('Rows')] },
    );
  }
  net.node!.push({
    name: '/Concat',
    opType: 'Concat',
    input: heads.map((head) => `/${head}/Rows_output_0`),
    output: ['boxes'],
    attribute: [{ name: 'axis', type: 2, i: 1 }],
  });
  if (end === 'selected') {
    net.initializer!.push({ name: 'scores', dataType: 1, dims: [1, 1, 160], floatData: Array(160).fill(1) } as never);
    net.node!.push({ name: '/Nms', opType: 'NonMaxSuppression', input: ['boxes', 'scores'], output: ['selected'] });
  }
  net.output = [{ name: end === 'rows' ? 'boxes' : 'selected' }];
  return onnx.ModelProto.encode(model).finish();
}

function imported(bytes: Uint8Array, options: ImportOptions = {}) {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const { imported, diagnostics } = importModel(
    { name: 'det.onnx', file: { size: bytes.length, read } },
    'det',
    options,
  );
  return { imported, said: diagnostics.map(({ severity, message }) => `${severity}: ${message}`) };
}

const image = new Float32Array(3 * 16 * 16);
fillNormal(image, randomState(3, 'image'), 1);

test('the selection of boxes is refused at its first node, with what to do', () => {
  const { imported: none, said } = imported(detector('selected'));
  expect(none).toBeUndefined();
  expect(said).toEqual([
    "error: 'det.onnx' cannot be imported: the node '/near/Transpose' (Transpose) cannot be expressed: the order of axes 0,3,4,1,2 cannot be expressed; 'enetc import --cut' leaves out what depends on it, and keeps 6 of 14 nodes",
  ]);
});

test('--cut leaves out what follows the heads, whose maps are the outputs', async () => {
  const { imported: back, said } = imported(detector('selected'), { cut: true });
  expect(said).toEqual([
    "warning: the last 8 nodes of 'det.onnx' are left out, as the node '/near/Transpose' (Transpose) cannot be expressed: the order of axes 0,3,4,1,2 cannot be expressed; the 2 tensors that they read are the outputs",
  ]);
  expect(back!.text).toMatch(/return near: \w+, far: \w+\n/);
  expect(back!.size).toEqual({ count: 6, what: 'nodes' });
  // what the file's own rows are made of
  const session = await InferenceSession.create(detector('rows'));
  const { boxes } = await session.run({ image: new Tensor('float32', image, [1, 3, 16, 16]) });
  const graph = removeTrainingOps(back!.graph);
  const [near, far] = await runOrt(emitFiles(graph, back!.weights!).bytes, graph, { image });
  const rows = [
    [near!, 8],
    [far!, 4],
  ].flatMap(([map, size]) => inRows(map as Float32Array, size as number));
  expect(rows).toHaveLength(640);
  expect(distance(Float32Array.from(rows), boxes!.data as Float32Array)).toBeLessThan(1e-4);
});

/** The boxes of a map of 2 anchors, as `permute(0, 3, 4, 1, 2)` puts them in rows of 4. */
function inRows(map: Float32Array, size: number): number[] {
  const rows: number[] = [];
  for (let pixel = 0; pixel < size * size; pixel++)
    for (let channel = 0; channel < 8; channel++) rows.push(map[channel * size * size + pixel] as number);
  return rows;
}

test('what can be expressed is not cut', () => {
  const { graph } = compile({ name: 'net.enet', text });
  const { bytes } = emitFiles(graph!, lively());
  const { imported: back, said } = imported(bytes, { cut: true });
  expect(said).toEqual([]);
  expect(back!.text).toBe(imported(bytes).imported!.text);
});

test('an error before any node has nothing that could be kept', () => {
  const { graph } = compile({ name: 'net.enet', text });
  const { model, graph: net } = decode(emitFiles(graph!, lively()).bytes);
  net.node![0]!.opType = 'Foo';
  const { said } = imported(onnx.ModelProto.encode(model).finish(), { cut: true });
  expect(said.join()).toMatch(/\(Foo\) cannot be expressed: the language has no such operator$/);
});

test('a picture without a batch is refused with what to export', () => {
  const { model, graph: net } = decode(detector('rows'));
  net.input![0]!.type!.tensorType!.shape!.dim!.shift();
  const { said } = imported(onnx.ModelProto.encode(model).finish());
  expect(said.join()).toContain('[3, 16, 16]; export the part of it that takes a batch');
});

test('--outputs chooses tensors by their names or those of their nodes', () => {
  const bytes = detector('selected');
  const { graph: net } = decode(bytes);
  const [conv] = net.node!;
  const { imported: back, said } = imported(bytes, { outputs: [conv!.name as string, 'far'] });
  expect(said).toEqual([]);
  expect(back!.text.match(/Conv\(/g)).toHaveLength(3);
  expect(back!.graph.outputs.map(({ name }) => name)).toEqual(['stem_conv', 'far']);
  const wrong = imported(bytes, { outputs: ['fat'] });
  expect(wrong.said).toEqual(["error: 'det.onnx' has no tensor or node 'fat'; did you mean 'far'?"]);
});

test('outputs whose names are the same in the language are told apart', () => {
  const { graph } = compile({ name: 'net.enet', text });
  const { model, graph: net } = decode(emitFiles(graph!, lively()).bytes);
  for (const [i, name] of ['a/b', 'a.b'].entries()) {
    const own = net.output![i]!.name as string;
    for (const { output } of net.node!) if (output![0] === own) output![0] = name;
    net.output![i]!.name = name;
  }
  const { imported: back, said } = imported(onnx.ModelProto.encode(model).finish());
  expect(said).toEqual([]);
  expect(back!.graph.outputs.map(({ name }) => name)).toEqual(['a_b', 'a_b2']);
});

test('the command cuts, and takes outputs', async () => {
  const cwd = folder({ 'det.onnx': Buffer.from(detector('selected')) });
  const refused = await enetc(['import', 'det.onnx'], { cwd });
  expect([refused.code, existsSync(join(cwd, 'det.enet'))]).toEqual([1, false]);
  const ran = await enetc(['import', 'det.onnx', '--cut'], { cwd });
  expect([ran.code, ran.out.split('\n')[0]]).toEqual([0, 'det.enet  9 lines for 6 nodes']);
  const chosen = await enetc(['import', 'det.onnx', '--outputs', 'near', '-o', 'near.enet'], { cwd });
  expect(chosen.code).toBe(0);
  expect(readFileSync(join(cwd, 'near.enet'), 'utf8').match(/Conv\(/g)).toHaveLength(2);
  const empty = await enetc(['import', 'det.onnx', '--outputs', 'near,', '--force'], { cwd });
  expect([empty.code, empty.err]).toEqual([2, expect.stringContaining('--outputs takes names separated by commas')]);
});
