import { mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengthPrefix } from '../../src/6-emit/length-prefix.ts';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { isFloat } from '../../src/weights/checkpoint.ts';
import { processorTime } from '../processor-time.ts';
import { mutated, mutationRuns } from './mutations.ts';
import { openBytes, readOrRefuse, said } from './open-bytes.ts';

// The files and what the onnx package reads from them: onnx/make.py.
const folder = fileURLToPath(new URL('onnx', import.meta.url));
const file = (name: string) => Uint8Array.from(readFileSync(join(folder, name)));
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: number[] }
>;
const float = onnx.TensorProto.DataType.FLOAT;

/** A model with these initialisers. */
function modelOf(...initializer: object[]): Uint8Array {
  const model = onnx.ModelProto.create({ irVersion: 8, producerName: 'x', graph: { initializer } });
  return onnx.ModelProto.encode(model).finish();
}

test.each(['inline.onnx.bin', 'external.onnx.bin'])('%s holds what the onnx package reads from it', (name) => {
  const { checkpoint, diagnostics } = openBytes(file(name), { near: file });
  expect(diagnostics).toEqual([]);
  expect(new Set(checkpoint!.tensors.keys())).toEqual(new Set(Object.keys(expected)));
  for (const [tensor, { shape, values }] of Object.entries(expected)) {
    const { dtype, shape: found } = checkpoint!.tensors.get(tensor)!;
    expect(found, tensor).toEqual(shape);
    if (isFloat(dtype)) expect([...checkpoint!.read(tensor)], tensor).toEqual(values.map(Math.fround));
  }
  const types = ['conv.weight', 'double', 'half', 'bfloat', 'integers', 'shape'];
  expect(types.map((tensor) => checkpoint!.tensors.get(tensor)!.dtype)).toEqual([
    'F32',
    'F64',
    'F16',
    'BF16',
    'F16 as integers',
    'I64',
  ]);
  expect(() => checkpoint!.read('integers')).toThrow();
  expect([...checkpoint!.metadata]).toEqual([['classes', 'cat']]);
});

describe('refused with its reason:', () => {
  const external = (location: string, offset = '0') => ({
    name: 'w',
    dims: [4],
    dataType: float,
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: location },
      { key: 'offset', value: offset },
    ],
  });
  test.each([
    [
      'too few bytes',
      modelOf({ name: 'w', dims: [4], dataType: float, rawData: new Uint8Array(12) }),
      'needs 16 bytes',
    ],
    ['a size below 0', modelOf({ name: 'w', dims: [-4], dataType: float }), 'an impossible shape'],
    ['sizes without end', modelOf({ name: 'w', dims: [2 ** 40, 2 ** 40], dataType: float }), 'an impossible shape'],
    ['many axes', modelOf({ name: 'w', dims: new Array(200).fill(1), dataType: float }), 'more than 16 axes'],
    ['a long name', modelOf({ name: 'w'.repeat(20_000), dims: [], dataType: float }), 'a text in it has 20000 bytes'],
    [
      'a name twice',
      modelOf({ name: 'w', dims: [0], dataType: 1 }, { name: 'w', dims: [0], dataType: 1 }),
      'two tensors',
    ],
    ['a path that leads out', modelOf(external('../w.bin')), "places data in '../w.bin', outside of its folder"],
    ['an absolute path', modelOf(external('/etc/passwd')), 'outside of its folder'],
    ['data past the end', modelOf(external('w.bin', '8')), "do not lie within 'w.bin'"],
    ['a place that is not a number', modelOf(external('w.bin', '1e99')), "the place of 'w' is malformed"],
    ['no tensors', modelOf(), 'no initialisers'],
    [
      'more tensors than are read',
      modelOf(...Array.from({ length: 100_001 }, () => ({ dataType: 7 }))),
      'more than 100000',
    ],
    ['a length that is too large', Uint8Array.of(8, 8, 18, 1, 120, 58, 0xff, 0xff, 0xff, 0xff, 0x0f), 'a length in it'],
    ['a group', Uint8Array.of(8, 8, 18, 1, 120, 0x3b), 'not a valid protobuf'],
  ])('%s', (_, bytes, reason) => {
    const opened = openBytes(bytes, { near: () => new Uint8Array(16) });
    expect(opened.checkpoint).toBeUndefined();
    expect(said(opened)).toContain(reason);
  });

  test('more fields than are read', () => {
    const bytes = new Uint8Array(12e6).fill(1);
    bytes.set([8, 8, 18, 1, 120]);
    for (let i = 5; i + 1 < bytes.length; i += 2) bytes[i] = 0x08;
    expect(said(openBytes(bytes))).toContain('more than 5000000 fields');
  });

  test('a file next to it that is a link out of the folder', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'onnx-'));
    const inside = mkdtempSync(join(tmpdir(), 'onnx-'));
    writeFileSync(join(outside, 'w.bin'), new Uint8Array(16));
    symlinkSync(join(outside, 'w.bin'), join(inside, 'w.bin'));
    writeFileSync(join(inside, 'model'), modelOf(external('w.bin')));
    await expect(openCheckpoint('model', inside)).rejects.toThrow('a link that leads out of the folder');
    rmSync(outside, { recursive: true });
    rmSync(inside, { recursive: true });
  });
});

test('cut off anywhere, a file is refused', () => {
  const bytes = file('inline.onnx.bin');
  for (let length = 4; length < bytes.length - 20; length += 3) {
    const opened = openBytes(bytes.slice(0, length));
    expect(opened.checkpoint, `${length}`).toBeUndefined();
  }
});

test('of a large file only the descriptions are read before its tensors', async () => {
  const path = mkdtempSync(join(tmpdir(), 'onnx-'));
  const size = 2 ** 30;
  const tensor = onnx.TensorProto.encode({ name: 'w', dims: [size / 4], dataType: float }).finish();
  const raw = lengthPrefix(9, size);
  const inGraph = lengthPrefix(5, tensor.length + raw.length + size);
  const graph = lengthPrefix(7, inGraph.length + tensor.length + raw.length + size);
  const start = Buffer.concat([Uint8Array.of(8, 8, 18, 1, 120), graph, inGraph, tensor, raw]);
  writeFileSync(join(path, 'large'), start);
  truncateSync(join(path, 'large'), start.length + size);
  const begin = processorTime();
  const { checkpoint, close } = await openCheckpoint('large', path);
  expect(processorTime() - begin).toBeLessThan(300);
  expect(checkpoint!.tensors.get('w')!.shape).toEqual([size / 4]);
  close();
  rmSync(path, { recursive: true });
});

test('no damaged file makes the reader fail: it is read or refused', () => {
  for (const name of ['inline.onnx.bin', 'external.onnx.bin']) {
    const near = () => file('weights.bin');
    const attempt = (bytes: Uint8Array) => readOrRefuse(bytes, near);
    fc.assert(fc.property(mutated(file(name)), attempt), { numRuns: Math.ceil(mutationRuns / 2) });
  }
}, 600_000);
