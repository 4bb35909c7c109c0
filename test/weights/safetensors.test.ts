import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFloat } from '../../src/weights/checkpoint.ts';
import type { RandomAccess } from '../../src/weights/readers/format.ts';
import { openSafetensors } from '../../src/weights/readers/readers.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { findPython, runPython } from '../oracle.ts';

const access = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});
const open = (bytes: Uint8Array) => openSafetensors(access(bytes), 'x.safetensors');

/** A file of this header text, or value, and this many bytes of data. */
function fileOf(header: unknown, data: number | Uint8Array = 0, length?: number | bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = typeof data === 'number' ? new Uint8Array(data) : data;
  const file = new Uint8Array(8 + text.length + bytes.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  file.set(text, 8);
  file.set(bytes, 8 + text.length);
  return file;
}

const entry = (begin: unknown, end: unknown, shape: unknown = [1], dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

function written(tensors: Record<string, number[]>, dtype: 'F32' | 'F16' = 'F32'): Uint8Array {
  const chunks: Uint8Array[] = [];
  const length = writeSafetensors(
    { write: (bytes) => void chunks.push(bytes.slice()) },
    Object.entries(tensors).map(([name, values]) => ({ name, shape: [values.length], values })),
    ({ values }) => Float32Array.from(values),
    { dtype, metadata: { made: 'here' } },
  );
  const file = Uint8Array.from(Buffer.concat(chunks));
  expect(file.length).toBe(length);
  return file;
}

describe('a sound file', () => {
  it('comes back as it was written', () => {
    for (const dtype of ['F32', 'F16'] as const) {
      const { checkpoint, diagnostics } = open(written({ b: [1, -0.5], a: [], __proto: [3], 'x.y': [0.25] }, dtype));
      expect(diagnostics).toEqual([]);
      expect([...checkpoint!.tensors.keys()]).toEqual(['b', 'a', '__proto', 'x.y']);
      expect([...checkpoint!.read('b')]).toEqual([1, -0.5]);
      expect([...checkpoint!.read('a')]).toEqual([]);
      expect([...checkpoint!.read('x.y')]).toEqual([0.25]);
      expect(checkpoint!.metadata.get('made')).toBe('here');
    }
  });

  it('is read in every floating-point type, in any order, at any alignment', () => {
    const data = new Uint8Array(1 + 8 + 4 + 2 + 2);
    const view = new DataView(data.buffer);
    view.setFloat64(1, 1 / 3, true);
    view.setFloat32(9, 2.5, true);
    view.setUint16(13, 0x3e00, true);
    view.setUint16(15, 0x4040, true);
    const header = {
      bf: entry(15, 17, [1], 'BF16'),
      half: entry(13, 15, [1, 1], 'F16'),
      flag: entry(0, 1, [], 'BOOL'),
      double: entry(1, 9, [1], 'F64'),
      single: entry(9, 13, [], 'F32'),
    };
    const { checkpoint, diagnostics } = open(fileOf(header, data));
    expect(diagnostics).toEqual([]);
    const values = ['double', 'single', 'half', 'bf'].map((name) => checkpoint!.read(name)[0]);
    expect(values).toEqual([Math.fround(1 / 3), 2.5, 1.5, 3]);
    expect(isFloat(checkpoint!.tensors.get('flag')!.dtype)).toBe(false);
    expect(() => checkpoint!.read('flag')).toThrow();
  });

  it('is read in pieces where a tensor is large', () => {
    const values = Array.from({ length: 1_500_000 }, (_, i) => i);
    const bytes = written({ large: values });
    let longest = 0;
    const { checkpoint } = openSafetensors(
      {
        size: bytes.length,
        read: (offset, length) => {
          longest = Math.max(longest, length);
          return bytes.subarray(offset, offset + length);
        },
      },
      'x',
    );
    expect(checkpoint!.read('large').every((value, i) => value === i)).toBe(true);
    expect(longest).toBeLessThanOrEqual(1 << 22);
  });
});

describe('a hostile file', () => {
  const cases: [string, Uint8Array][] = [
    ['empty', new Uint8Array(0)],
    ['seven bytes', new Uint8Array(7)],
    ['header of 2^63 bytes', fileOf({}, 0, 2n ** 63n)],
    ['header past the end', fileOf({}, 0, 3)],
    ['no header', fileOf('')],
    ['a list', fileOf('[]')],
    ['spaces first', fileOf('  {}')],
    ['a byte-order mark', fileOf('\ufeff{}')],
    ['no JSON', fileOf('{"a": NaN}')],
    ['deep JSON', fileOf(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
    ['invalid UTF-8', fileOf('{"\ufffd": 1}').map((byte) => (byte === 0xef ? 0xff : byte))],
    ['a name twice', fileOf(`{"a": ${JSON.stringify(entry(0, 4))}, "\\u0061": ${JSON.stringify(entry(0, 4))}}`, 4)],
    ['a key twice', fileOf('{"a": {"dtype": "F32", "shape": [1], "shape": [1], "data_offsets": [0, 4]}}', 4)],
    ['metadata that is not text', fileOf({ __metadata__: { a: 1 } })],
    ['metadata that is a list', fileOf({ __metadata__: [] })],
    ['an entry that is a number', fileOf({ a: 1 })],
    ['no dtype', fileOf({ a: { shape: [1], data_offsets: [0, 4] } }, 4)],
    ['an unknown dtype', fileOf({ a: entry(0, 4, [1], 'F31') }, 4)],
    ['a dtype of every object', fileOf({ a: entry(0, 4, [1], 'constructor') }, 4)],
    ['a prototype', fileOf('{"__proto__": {"dtype": "F32"}}')],
    ['a negative size', fileOf({ a: entry(0, 4, [-1]) }, 4)],
    ['a fractional size', fileOf({ a: entry(0, 4, [0.5]) }, 4)],
    ['a size beyond counting', fileOf('{"a": {"dtype": "F32", "shape": [1e300, 1e300], "data_offsets": [0, 4]}}', 4)],
    ['sizes whose product is', fileOf({ a: entry(0, 4, [2 ** 52, 2 ** 52]) }, 4)],
    [
      'sizes whose product is, but for a 0',
      fileOf(
        {
          a: entry(
            0,
            4,
            Array(30)
              .fill(2 ** 52)
              .concat(0),
          ),
        },
        4,
      ),
    ],
    ['a negative offset', fileOf({ a: entry(-4, 0) }, 4)],
    ['a fractional offset', fileOf({ a: entry(0.5, 4.5) }, 8)],
    ['an infinite offset', fileOf('{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 1e999]}}', 4)],
    ['one offset', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4)],
    ['an end before its begin', fileOf({ a: entry(4, 0) }, 4)],
    ['an end past the file', fileOf({ a: entry(0, 8, [2]) }, 4)],
    ['a shape that needs more', fileOf({ a: entry(0, 4, [2]) }, 4)],
    ['overlapping data', fileOf({ a: entry(0, 8, [2]), b: entry(4, 12, [2]) }, 12)],
    ['the same data twice', fileOf({ a: entry(0, 4), b: entry(0, 4) }, 4)],
    ['a gap', fileOf({ a: entry(0, 4), b: entry(8, 12) }, 12)],
    ['a gap at the start', fileOf({ a: entry(4, 8) }, 8)],
    ['bytes left over', fileOf({ a: entry(0, 4) }, 5)],
  ];

  it.each(cases)('%s', (_, bytes) => {
    const { checkpoint, diagnostics } = open(bytes);
    expect(checkpoint).toBeUndefined();
    expect(diagnostics.length).toBe(1);
    expect(diagnostics[0]!.message.length).toBeLessThan(400);
  });

  it('is told in one sentence', () => {
    const messages = cases.map(([name, bytes]) => `${name}: ${open(bytes).diagnostics[0]!.message}`);
    expect(messages).toMatchSnapshot();
  });

  it('with a huge header is not read into memory', () => {
    let read = 0;
    const size = 8 + 200_000_000;
    const prefix = fileOf('', 0, 200_000_000);
    const file: RandomAccess = {
      size,
      read(offset, length) {
        read += length;
        return offset === 0 ? prefix : new Uint8Array(length);
      },
    };
    expect(openSafetensors(file, 'x').diagnostics[0]!.message).toMatch(/at most 32000000/);
    expect(read).toBeLessThan(10_000);
  });

  it('never throws, whatever is changed in a sound one', () => {
    const sound = written({ a: [1, 2, 3], 'b.c': [4], d: [] });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(sound.length),
        fc.boolean(),
        (edits, length, cut) => {
          const bytes = sound.slice(0, cut ? length : sound.length);
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          const { checkpoint, diagnostics } = open(bytes);
          expect(diagnostics.length).toBe(checkpoint ? 0 : 1);
          for (const { name, dtype } of checkpoint?.tensors.values() ?? []) if (isFloat(dtype)) checkpoint!.read(name);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('never throws, whatever JSON its header is', () => {
    const offsets = fc.oneof(
      fc.tuple(fc.integer({ min: -1, max: 12 }), fc.integer({ min: -1, max: 12 })),
      fc.jsonValue(),
    );
    const shape = fc.oneof(fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 3 }), fc.jsonValue());
    const dtype = fc.oneof(fc.constantFrom('F32', 'F16', 'I64', 'U8'), fc.jsonValue());
    const tensor = fc.oneof(fc.record({ dtype, shape, data_offsets: offsets }, { requiredKeys: [] }), fc.jsonValue());
    const header = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__metadata__', '__proto__', 'a')), tensor);
    fc.assert(
      fc.property(header, fc.nat(16), (json, data) => {
        const { checkpoint, diagnostics } = open(fileOf(json, data));
        expect(diagnostics.length).toBe(checkpoint ? 0 : 1);
      }),
      { numRuns: 5000 },
    );
  });
});

const python = findPython(['safetensors', 'numpy']);

it.skipIf(!python)('agrees with the reference library, both ways', () => {
  const folder = mkdtempSync(join(tmpdir(), 'enet-safetensors-'));
  try {
    writeFileSync(join(folder, 'ours'), written({ 'a.weight': [1, 2.5], b: [-3] }));
    const script = `
import sys, numpy
from safetensors.numpy import load_file, save_file
ours = load_file(sys.argv[1] + '/ours')
print({k: v.tolist() for k, v in sorted(ours.items())})
save_file({'x': numpy.arange(6, dtype=numpy.float16).reshape(2, 3), 'n': numpy.array(5)}, sys.argv[1] + '/theirs')`;
    expect(runPython(python!, script, [folder]).trim()).toBe("{'a.weight': [1.0, 2.5], 'b': [-3.0]}");
    const { checkpoint } = open(readFileSync(join(folder, 'theirs')));
    expect([...checkpoint!.read('x')]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(checkpoint!.tensors.get('n')).toMatchObject({ dtype: 'I64', shape: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
