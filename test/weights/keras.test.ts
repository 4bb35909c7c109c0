import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadHdf5 } from '../../src/node/hdf5-engine.ts';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import { Unreadable } from '../../src/weights/readers/byte-reader.ts';
import { findWeights } from '../../src/weights/readers/keras/find-weights.ts';
import type { Hdf5File } from '../../src/weights/readers/keras/hdf5.ts';
import { openCheckpointFile } from '../../src/weights/readers/readers.ts';
import { processorTime } from '../processor-time.ts';
import { mutated, mutationRuns } from './mutations.ts';
import { accessTo, openBytes, readAll, said } from './open-bytes.ts';

// The files and what Keras has in them: keras/make.py.
const folder = fileURLToPath(new URL('keras', import.meta.url));
const file = (name: string) => Uint8Array.from(readFileSync(join(folder, name)));
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: number[] }
>;
const openHdf5 = await loadHdf5();
const open = (bytes: Uint8Array) => openCheckpointFile({ name: 'w', file: accessTo(bytes), openHdf5 });

test.each([
  ['model.h5', 0],
  ['model.keras', 0],
  ['chunks.h5', 2 ** -10],
])('%s holds the weights of the model, kernels and flattened features in this order', async (name, tolerance) => {
  const { checkpoint, diagnostics, close } = await openCheckpoint(name, folder);
  expect(diagnostics).toEqual([]);
  const names = Object.keys(expected).map((tensor) => (tensor.startsWith('dw') ? `trunk.${tensor}` : tensor));
  expect(new Set(checkpoint!.tensors.keys())).toEqual(new Set(names));
  for (const [tensor, { shape, values }] of Object.entries(expected)) {
    const stored = tensor.startsWith('dw') ? `trunk.${tensor}` : tensor;
    expect(checkpoint!.tensors.get(stored)!.shape, tensor).toEqual(shape);
    const read = checkpoint!.read(stored);
    const off = Math.max(...values.map((value, i) => Math.abs(value - read[i]!) / Math.max(Math.abs(value), 1)));
    expect(off, tensor).toBeLessThanOrEqual(tolerance);
  }
  close();
});

test.each(['net.weights.h5', 'legacy.weights.h5'])('%s, without layers, says that an order is open', async (name) => {
  const opened = await openCheckpoint(name, folder);
  expect(said(opened)).toContain("if 'fc.weight' reads a flattened map, its order is unknown");
  const { checkpoint, close } = opened;
  expect(checkpoint!.tensors.size).toBe(Object.keys(expected).length);
  for (const tensor of ['conv.weight', 'bn.running_var', 'trunk.dw.weight', 'trunk.dw_bn.bias']) {
    const { shape, values } = expected[tensor.replace('trunk.', '')]!;
    // without the layers' classes a depthwise kernel is one of a single filter: axes of length 1 do not matter
    const sizes = (list: readonly number[]) => list.filter((n) => n !== 1);
    expect(sizes(checkpoint!.tensors.get(tensor)!.shape)).toEqual(sizes(shape));
    expect([...checkpoint!.read(tensor)]).toEqual(values);
  }
  close();
});

test('a sequential model of Keras 3, whose HDF5 file has the name of the model in each weight, is read as its .keras file', async () => {
  const [older, newer] = await Promise.all(
    ['sequential.h5', 'sequential.keras'].map((name) => openCheckpoint(name, folder)),
  );
  expect([...older!.diagnostics, ...newer!.diagnostics]).toEqual([]);
  // the layers of a functional model within have no other name in the older form
  const own = (name: string) => name.replace('trunk.', '');
  const names = [...newer!.checkpoint!.tensors.keys()];
  expect(new Set(older!.checkpoint!.tensors.keys())).toEqual(new Set(names.map(own)));
  expect(names).toContain('inner.net.weight');
  for (const name of names)
    expect([...older!.checkpoint!.read(own(name))], name).toEqual([...newer!.checkpoint!.read(name)]);
  for (const { close } of [older!, newer!]) close();
});

test('a SavedModel of Keras 3 has the kernels of its layers', async () => {
  const [saved, whole] = await Promise.all(
    ['saved-model', 'sequential.keras'].map((name) => openCheckpoint(name, folder)),
  );
  const kernels = [...saved!.checkpoint!.tensors.values()].filter(({ name }) => name.endsWith('.weight'));
  expect(kernels.map(({ shape }) => shape).sort()).toEqual([
    [2, 2],
    [2, 2, 1, 1],
    [2, 2, 3, 3],
    [2, 3, 3, 3],
  ]);
  const trunk = kernels.find(({ shape }) => String(shape) === '2,3,3,3')!;
  expect([...saved!.checkpoint!.read(trunk.name)]).toEqual([...whole!.checkpoint!.read('trunk.conv.weight')]);
  for (const { close } of [saved!, whole!]) close();
});

test('without the library the file is named', () => {
  expect(said(openBytes(file('model.h5')))).toContain(
    'cannot be read: it is an HDF5 file of Keras (.h5, .weights.h5); ',
  );
});

describe('a file that leads elsewhere:', () => {
  test('links in circles end', () => {
    const start = processorTime();
    expect(said(open(file('links.h5')))).toContain('groups within groups without end');
    expect(processorTime() - start).toBeLessThan(10_000);
  });

  test('numbers in another file are not read', async () => {
    const { checkpoint, close } = await openCheckpoint('outside.h5', folder);
    expect(() => checkpoint?.read('conv.bias')).toThrow("'outside.h5' cannot be read");
    close();
  });
});

test('cut off anywhere, a file is refused or has what it states', () => {
  for (const name of ['model.h5', 'model.keras']) {
    const bytes = file(name);
    for (let length = 100; length < bytes.length; length += 3001) {
      const opened = open(bytes.slice(0, length));
      expect(opened.checkpoint, `${name} ${length}`).toBeUndefined();
      expect(opened.diagnostics).toHaveLength(1);
    }
  }
});

test('texts with an object of no size, which the library would read for ever, are refused', () => {
  const bytes = file('model.h5');
  const heap = Buffer.from(bytes).indexOf('GCOL');
  expect(heap).toBeGreaterThan(0);
  // the first object: 16 bytes behind the header of the heap, its index and size
  bytes.fill(0, heap + 16, heap + 32);
  expect(said(open(bytes))).toContain('its texts are damaged');
});

test('an error of the disk is not taken for damage', () => {
  const broken = () => {
    throw new Error('the disk');
  };
  const start = accessTo(file('model.h5'));
  let reads = 0;
  const read = (offset: number, length: number) => (reads++ < 4 ? start.read(offset, length) : broken());
  expect(() => openCheckpointFile({ name: 'w', file: { size: start.size, read }, openHdf5 })).toThrow('the disk');
});

test('a damaged tensor of a file that opens is an error of the file', async () => {
  const path = mkdtempSync(join(tmpdir(), 'keras-'));
  const bytes = file('chunks.h5');
  const whole = open(bytes);
  whole.close?.();
  for (let at = bytes.length - 1; at > bytes.length - 3000; at--) bytes[at] = 0xff;
  writeFileSync(join(path, 'w.h5'), bytes);
  const { checkpoint, close } = await openCheckpoint('w.h5', path);
  if (checkpoint) {
    const results = [...checkpoint.tensors.keys()].map((name) => {
      try {
        return checkpoint.read(name).length;
      } catch (e) {
        return (e as Error).message;
      }
    });
    for (const result of results) if (typeof result === 'string') expect(result).toMatch(/^'w.h5' cannot be read: /);
  }
  close();
  rmSync(path, { recursive: true });
});

test("weights are their layer's, also where TensorFlow's graph had its name already", () => {
  const groups: Readonly<Record<string, readonly string[]>> = {
    '/': ['model_weights'],
    '/model_weights': ['conv_1', 'trunk'],
    '/model_weights/conv_1': ['conv_1_2'],
    '/model_weights/conv_1/conv_1_2': ['kernel:0', 'bias:0'],
    '/model_weights/trunk': ['trunk_1', 'fc'],
    '/model_weights/trunk/trunk_1': ['kernel:0'],
    '/model_weights/trunk/fc': ['kernel:0'],
  };
  const file = {
    members: (at: string) =>
      (groups[at] ?? []).map((name) => ({
        name,
        kind: name.includes(':') ? ('dataset' as const) : ('group' as const),
      })),
  };
  expect(findWeights(file as unknown as Hdf5File).map(({ name }) => name)).toEqual([
    'conv_1/kernel',
    'conv_1/bias',
    'trunk_1/kernel',
    'fc/kernel',
  ]);
});

test('no damaged file makes the reader fail: it is read or refused', () => {
  const attempt = (bytes: Uint8Array) => {
    const { checkpoint, diagnostics, close } = open(bytes);
    try {
      if (checkpoint) readAll(checkpoint);
      else expect(diagnostics.length).toBeGreaterThan(0);
    } catch (e) {
      if (!(e instanceof Unreadable)) throw e;
    } finally {
      close?.();
    }
  };
  for (const name of ['model.h5', 'model.keras', 'net.weights.h5', 'chunks.h5']) {
    fc.assert(fc.property(mutated(file(name)), attempt), { numRuns: Math.ceil(mutationRuns / 4) });
  }
}, 600_000);
