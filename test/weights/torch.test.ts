import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isFloat } from '../../src/weights/checkpoint.ts';
import { gather } from '../../src/weights/readers/torch/strided.ts';
import { processorTime } from '../processor-time.ts';
import { mutated, mutationRuns } from './mutations.ts';
import { openBytes, readOrRefuse, said } from './open-bytes.ts';

// The files and what PyTorch reads from them: torch/make.py.
const folder = fileURLToPath(new URL('torch', import.meta.url));
const file = (name: string) => Uint8Array.from(readFileSync(`${folder}/${name}`));
const expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as {
  tensors: Record<string, { shape: number[]; values: number[] }>;
  raw: number[];
  averaged: number[];
};

const open = (bytes: Uint8Array, key?: string) => openBytes(bytes, { ...(key !== undefined && { key }) });

test.each(['zip.pt', 'zip-protocol-4.pt', 'zip64.pt', 'legacy.pt'])('%s holds what PyTorch reads from it', (name) => {
  const { checkpoint, diagnostics } = open(file(name));
  expect(diagnostics).toEqual([]);
  expect([...checkpoint!.tensors.keys()]).toEqual(Object.keys(expected.tensors));
  for (const [tensor, { shape, values }] of Object.entries(expected.tensors)) {
    const { dtype, shape: found } = checkpoint!.tensors.get(tensor)!;
    expect(found, tensor).toEqual(shape);
    if (isFloat(dtype)) expect([...checkpoint!.read(tensor)], tensor).toEqual(values.map(Math.fround));
  }
  const types = ['f64', 'f16', 'bf16', 'i64', 'bool'].map((tensor) => checkpoint!.tensors.get(tensor)!.dtype);
  expect(types).toEqual(['F64', 'F16', 'BF16', 'I64', 'BOOL']);
});

test.each(['training.pt', 'training-legacy.pt'])(
  'of %s the averages are read, which is said, and the weights if they are asked for',
  (name) => {
    const averages = open(file(name));
    expect([...averages.checkpoint!.read('fc.weight')]).toEqual(expected.averaged);
    expect(said(averages)).toBe(
      "reading the averaged weights under 'state_dict_ema' in 'w'; --weights-key state_dict takes those before averaging",
    );
    const raw = open(file(name), 'state_dict');
    expect([...raw.checkpoint!.read('fc.weight')]).toEqual(expected.raw);
    expect(raw.diagnostics).toEqual([]);
    expect(said(open(file(name), 'stat_dict'))).toContain(
      "no dictionary of tensors 'stat_dict'; it has 'state_dict', 'state_dict_ema'",
    );
  },
);

test('averages within a dictionary of their own, and weights with a prefix', () => {
  const averages = open(file('averaged.pt'));
  expect([...averages.checkpoint!.read('fc.weight')]).toEqual(expected.averaged);
  expect(said(averages)).toContain("under 'model_ema.module' in 'w'; --weights-key model takes");
  expect([...open(file('averaged.pt'), 'model').checkpoint!.tensors.keys()]).toEqual([
    'module.fc.weight',
    'module.fc.bias',
  ]);
  expect([...open(file('averaged.pt'), 'model_ema').checkpoint!.read('fc.weight')]).toEqual(expected.averaged);
});

test('of two dictionaries that could be meant, none is taken unasked', () => {
  const pair = open(file('pair.pt'));
  expect(pair.checkpoint).toBeUndefined();
  expect(said(pair)).toContain(
    "several dictionaries of tensors: 'generator', 'discriminator'; --weights-key takes one",
  );
  expect([...open(file('pair.pt'), 'discriminator').checkpoint!.read('fc.weight')]).toEqual(expected.averaged);
});

test('a key for a file that has no dictionaries is an error', () => {
  const header = new TextEncoder().encode('{}'.padEnd(8));
  const bytes = Uint8Array.from([8, 0, 0, 0, 0, 0, 0, 0, ...header]);
  expect(open(bytes).checkpoint).toBeDefined();
  expect(said(open(bytes, 'model'))).toContain(
    "is a safetensors file, which has no dictionaries to choose 'model' from",
  );
});

test('a tensor of a type that weights do not have is listed, and no obstacle', () => {
  const { checkpoint } = open(file('uint16.pt'));
  expect(checkpoint!.tensors.get('a')).toEqual({ name: 'a', dtype: 'U16', shape: [2] });
  expect([...checkpoint!.read('b')]).toEqual([1, 1]);
  expect(() => checkpoint!.read('a')).toThrow();
});

describe('what is not read is named:', () => {
  test.each([
    ['command.pt', "needs 'posix.system': only what tensors consist of is read from a pickle, and nothing is executed"],
    ['command-legacy.pt', "needs 'posix.system'"],
    ['module.pt', "needs '__main__.Net'"],
    ['quantised.pt', "needs 'torch._utils._rebuild_qtensor'"],
    ['script.pt', 'it is a TorchScript program'],
    ['compressed.pt', 'is compressed'],
    ['arrays.pkl', 'is a Python pickle, not a checkpoint that torch.save wrote'],
  ])('%s', (name, reason) => {
    const opened = open(file(name));
    expect(opened.checkpoint).toBeUndefined();
    expect(said(opened)).toContain(reason);
  });
});

test.each(['zip.pt', 'legacy.pt'])('%s, cut off anywhere, is said to be damaged', (name) => {
  const bytes = file(name);
  for (let length = 200; length < bytes.length; length += 7) {
    const opened = open(bytes.slice(0, length));
    expect(opened.checkpoint, `${length}`).toBeUndefined();
    expect(said(opened)).toMatch(/cut off/);
  }
});

/** A checkpoint of the older form whose content is this pickle, a character for a byte. */
function legacyOf(content: string): Uint8Array {
  const version = '\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.';
  const machine = '\x80\x02}X\r\0\0\0little_endian\x88s.';
  return Uint8Array.from(Buffer.from(version + machine + content, 'latin1'));
}

describe('a pickle made to take memory or time is refused soon:', () => {
  test.each([
    ['empty lists', ']'.repeat(30e6), 'more values than any checkpoint'],
    ['empty dictionaries', '}'.repeat(30e6), 'more values than any checkpoint'],
    ['marks', '('.repeat(30e6), 'more values than any checkpoint'],
    ['short texts', '\x8c\x01a'.repeat(15e6), 'more values than any checkpoint'],
    ['a long text', `X\xff\xff\xff\xff${'a'.repeat(1000)}`, 'ends early'],
    ['a memory far away', ']r\xff\xff\xff\x7f.', 'malformed'],
    ['opcodes without an effect', 'N0'.repeat(40e6), 'more values'],
    ['doubled lists', `]${'2\x86'.repeat(5e6)}`, 'more values than any checkpoint'],
  ])('%s', (_, content, reason) => {
    const start = processorTime();
    const opened = open(legacyOf(content));
    expect(said(opened)).toContain(reason);
    expect(processorTime() - start).toBeLessThan(10_000);
  });

  it('dictionaries that contain each other end', () => {
    // d = {}; d['a'] = d; d['b'] = d
    expect(said(open(legacyOf('\x80\x02}q\0X\x01\0\0\0ah\0sX\x01\0\0\0bh\0s.\x80\x02].')))).toContain(
      'holds no dictionary of tensors',
    );
  });

  it('more tensors than are read', () => {
    const one = 'h\0h\x01R';
    const tensor = [
      '\x80\x02',
      'ctorch._utils\n_rebuild_tensor_v2\nq\0',
      '((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x01NtQK\0))\x89Ntq\x01',
      ...Array.from({ length: 100_001 }, () => one),
    ];
    expect(said(open(legacyOf(tensor.join(''))))).toContain('more than 100000 tensors');
  });
});

test('no damaged file makes the reader fail: it is read or refused', () => {
  for (const name of readdirSync(folder).filter((entry) => /\.pt$/.test(entry))) {
    const runs = Math.ceil(mutationRuns / 8);
    fc.assert(
      fc.property(mutated(file(name)), (bytes) => readOrRefuse(bytes)),
      { numRuns: runs },
    );
  }
}, 600_000);

test('a view is copied alike, whole or in pieces', () => {
  const source = Float32Array.from({ length: 3 * 1024 * 1024 }, (_, i) => i);
  const read = (at: number, out: Float32Array) => out.set(source.subarray(at, at + out.length));
  for (const [offset, shape, strides] of [
    [5, [2, 3, 4], [1_200_000, 7, 2]],
    [0, [4, 2, 3], [1, 1_500_000, 5]],
    [0, [2, 2], [0, 1_100_000]],
    [9, [], []],
  ] as [number, number[], number[]][]) {
    const size = shape.reduce((product, n) => product * n, 1);
    const out = new Float32Array(size);
    gather(read, offset, shape, strides, out);
    const right = Array.from({ length: size }, (_, i) => {
      let at = offset;
      for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
        at += (rest % shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      return at;
    });
    expect([...out]).toEqual(right);
  }
});
