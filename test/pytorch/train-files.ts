import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { emit } from '../../src/6-emit/emit.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import type { Compilation } from '../../src/compile.ts';
import { openCheckpoint } from '../../src/node/open-checkpoint.ts';
import type { PipelinePlan } from '../../src/pipeline/plan.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { writeSafetensors } from '../../src/weights/write-safetensors.ts';
import { folderInMemory } from '../tfjs/models.ts';

/** Writes a network's folder with train.py, and with its stages where there is a plan. */
export function writeFolder(path: string, network: Compilation, pipeline?: PipelinePlan): string {
  const memory = folderInMemory();
  const checkpoint = randomWeights(network.graph!, 3);
  const options = { trainScript: true, ...(pipeline && { pipeline }) };
  expect(emit(network, pytorchTarget, options, memory.open, { checkpoint }).diagnostics).toEqual([]);
  mkdirSync(path);
  for (const [file, bytes] of memory.files()) writeFileSync(join(path, file), bytes);
  return path;
}

export type Tensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

export function writeTensors(path: string, tensors: Tensors): void {
  const parts: Uint8Array[] = [];
  const list = [...tensors].map(([name, { shape }]) => ({ name, shape }));
  writeSafetensors({ write: (bytes) => parts.push(bytes.slice()) }, list, ({ name }) => tensors.get(name)!.data);
  writeFileSync(path, Buffer.concat(parts));
}

export async function readTensors(path: string): Promise<Map<string, Float32Array>> {
  const { checkpoint, close } = await openCheckpoint(path, '/');
  const found = new Map([...checkpoint!.tensors.keys()].map((name) => [name, checkpoint!.read(name).slice()]));
  close();
  return found;
}

/** The largest absolute number. */
export const largest = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
/** The largest difference. */
export const apart = (a: Float32Array, b: Float32Array) => largest(a.map((v, i) => v - b[i]!));

/** How far tensors are from others, of the largest of each. */
export function furthest(
  found: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, Float32Array>,
): number {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  return Math.max(...[...expected].map(([name, values]) => apart(found.get(name)!, values) / largest(values)));
}

/** The tensors of a safetensors file, in the order of their names; its metadata are in any order. */
export function numbersIn(file: string): Buffer {
  const bytes = readFileSync(file);
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
}

/** The names of a run's checkpoints, in the order of their steps. */
export function checkpoints(run: string): string[] {
  const folder = join(run, 'checkpoints');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('step-'))
    .sort();
}

export function channelsFirst({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < h * w; p++)
      for (let k = 0; k < c; k++) out[(i * c + k) * h * w + p] = data[(i * h * w + p) * c + k]!;
  }
  return { shape: [n, c, h, w], data: out };
}

/** Writes pictures of two classes, `counts` of each for training and validation. @returns the folder */
export async function writePictures(
  path: string,
  counts: Readonly<Record<'train' | 'val', number>>,
  [width, height]: readonly [number, number],
): Promise<string> {
  for (const [split, count] of Object.entries(counts)) {
    for (const [label, name] of ['dark', 'light'].entries()) {
      const folder = join(path, split, name);
      mkdirSync(folder, { recursive: true });
      for (let i = 0; i < count; i++) {
        const byte = (_: unknown, k: number) => 90 * label + ((k * (7 + i) + 31 * i) % 150);
        const data = Uint8Array.from({ length: width * height * 3 }, byte);
        await sharp(data, { raw: { width, height, channels: 3 } })
          .png()
          .toFile(join(folder, `${i}.png`));
      }
    }
  }
  return path;
}
