import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { mutated, mutationRuns } from './mutations.ts';
import { openBytes, readOrRefuse, said } from './open-bytes.ts';

// The files and what TensorFlow put into them: tensorflow/make.py.
const folder = fileURLToPath(new URL('tensorflow', import.meta.url));
const file = (name: string) => Uint8Array.from(readFileSync(join(folder, name)));
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: number[] }
>;

function expectRaw(checkpoint: Checkpoint | undefined): void {
  expect(new Set(checkpoint!.tensors.keys())).toEqual(new Set(Object.keys(expected)));
  for (const [tensor, { shape, values }] of Object.entries(expected)) {
    expect(checkpoint!.tensors.get(tensor)!.shape, tensor).toEqual(shape);
    expect([...checkpoint!.read(tensor)], tensor).toEqual(values.map(Math.fround));
  }
}

test('a checkpoint by its index holds its variables, kernels in this order, and not those of optimisers', async () => {
  const opened = await openCheckpoint('raw.index', folder);
  expectRaw(opened.checkpoint);
  expect(said(opened)).toContain("if 'net.fc.weight' reads a flattened map, its order is unknown");
  opened.close();
});

test('averages are taken, which is said, and the variables themselves if they are asked for', async () => {
  const averaged = await openCheckpoint('averaged.index', folder);
  const [first] = averaged.checkpoint!.read('net.conv.bias');
  expect(first).toBeCloseTo(expected['net.conv.bias']!.values[0]! + 1, 5);
  expect(said(averaged)).toContain(
    "under 'ExponentialMovingAverage' in 'averaged.index'; --weights-key raw takes those before averaging",
  );
  averaged.close();
  const raw = await openCheckpoint('averaged.index', folder, 'raw');
  expectRaw(raw.checkpoint);
  expect(said(raw)).not.toContain('--weights-key');
  raw.close();
  const other = await openCheckpoint('averaged.index', folder, 'ema');
  expect(said(other)).toContain("no weights 'ema'; 'ExponentialMovingAverage' and 'raw' are known");
  other.close();
});

test('a checkpoint of objects has their paths', async () => {
  const { checkpoint, close } = await openCheckpoint('objects.index', folder);
  expect([...checkpoint!.tensors.keys()]).toEqual(['net.conv.weight']);
  expect([...checkpoint!.read('net.conv.weight')]).toEqual(expected['net.conv.weight']!.values);
  close();
});

test('a SavedModel is given by its folder', async () => {
  const path = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  mkdirSync(join(path, 'saved/variables'), { recursive: true });
  for (const part of ['index', 'data-00000-of-00001']) {
    cpSync(join(folder, `raw.${part}`), join(path, `saved/variables/variables.${part}`));
  }
  const { checkpoint, close } = await openCheckpoint('saved', path);
  expectRaw(checkpoint);
  close();
  rmSync(path, { recursive: true });
});

describe('refused with its reason:', () => {
  test('numbers that are cut off', async () => {
    const path = mkdtempSync(join(tmpdir(), 'tensorflow-'));
    cpSync(join(folder, 'raw.index'), join(path, 'raw.index'));
    writeFileSync(join(path, 'raw.data-00000-of-00001'), file('raw.data-00000-of-00001').slice(0, 100));
    const opened = await openCheckpoint('raw.index', path);
    expect(said(opened)).toContain('do not lie within its files: they were cut off');
    opened.close();
    rmSync(path, { recursive: true });
  });

  test('an index that has one block again and again', () => {
    const varint = (n: number) => (n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
    const block = (entries: number[][]) => [...entries.flatMap((value) => [0, 0, value.length, ...value]), 0, 0, 0, 0];
    const data = [...block([]), 0, 0, 0, 0, 0];
    const handle = [0, 4];
    const list = block(Array.from({ length: 100 }, () => handle));
    const footer = [0, 0, ...varint(data.length), ...varint(list.length)];
    const magic = [...file('raw.index').slice(-8)];
    const padding = new Array(40 - footer.length).fill(0);
    const bytes = Uint8Array.from([...data, ...list, 0, 0, 0, 0, 0, ...footer, ...padding, ...magic]);
    expect(said(openBytes(bytes, { near: () => new Uint8Array(0) }))).toContain('its index is damaged');
    const once = [...data, ...block([handle]), 0, 0, 0, 0, 0];
    const single = [0, 0, ...varint(data.length), ...varint(block([handle]).length)];
    const sound = Uint8Array.from([...once, ...single, ...new Array(40 - single.length).fill(0), ...magic]);
    expect(said(openBytes(sound, { near: () => new Uint8Array(0) }))).toContain('its index has no header');
  });

  test('an index that is compressed', () => {
    const bytes = file('raw.index');
    // the index block ends with its own trailer, right before the footer
    bytes[bytes.length - 48 - 5] = 1;
    expect(said(openBytes(bytes, { near: () => new Uint8Array(0) }))).toContain('its index is compressed');
  });
});

test('no damaged index makes the reader fail: it is read or refused', () => {
  for (const name of ['raw', 'averaged', 'objects']) {
    const near = () => file(`${name}.data-00000-of-00001`);
    const end = file(`${name}.index`).slice(-8);
    // with its magic number, by which it is known
    const attempt = (bytes: Uint8Array) => readOrRefuse(Uint8Array.from([...bytes, ...end]), near);
    const body = mutated(file(`${name}.index`).slice(0, -8));
    fc.assert(fc.property(body, attempt), { numRuns: Math.ceil(mutationRuns / 3) });
  }
}, 600_000);
