import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Checkpoint, CheckpointTensor } from '../src/weights/checkpoint.ts';

/** What `meta.json` of a golden says; see test/reference/README.md. */
export interface Golden {
  readonly name: string;
  readonly model: string;
  readonly source: 'timm' | 'torchvision';
  readonly seed: number;
  readonly input_shape: readonly number[];
  readonly logits_shape: readonly number[];
  readonly crc32: { readonly weights: number; readonly input: number; readonly logits: number };
  readonly tensors: readonly (readonly [name: string, shape: readonly number[], dtype: string, recipe: Recipe])[];
}

export type Recipe = readonly ['normal', number] | readonly ['uniform', number, number] | readonly ['zero'];

/** Reads a golden: what to remake, and the logits of the reference implementation. */
export function readGolden(name: string): { golden: Golden; logits: Float32Array } {
  const folder = new URL(`./reference/golden/${name}/`, import.meta.url);
  const golden = { name, ...JSON.parse(readFileSync(new URL('meta.json', folder), 'utf8')) } as Golden;
  const bytes = readFileSync(new URL('logits.bin', folder));
  return { golden, logits: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)) };
}

/** The golden's input, `[N, C, H, W]`. */
export function goldenInput(golden: Golden): Float32Array {
  return portable(golden.seed, 'input', product(golden.input_shape), ['normal', 1]);
}

/** The golden's weights as a checkpoint with the reference's names. */
export function goldenCheckpoint(golden: Golden): Checkpoint {
  const recipes = new Map(golden.tensors.map((t) => [t[0], t]));
  const tensors = new Map<string, CheckpointTensor>(
    golden.tensors.map(([name, shape, dtype]) => [name, { name, shape, dtype: dtype === 'int64' ? 'I64' : 'F32' }]),
  );
  return {
    name: golden.name,
    tensors,
    metadata: new Map(),
    read(name) {
      const [, shape, , recipe] = recipes.get(name) as Golden['tensors'][number];
      return portable(golden.seed, name, product(shape), recipe);
    },
  };
}

/** The CRC-32 over all tensors in order: proof that the weights are those of the reference run. */
export function weightsCrc(golden: Golden): number {
  return golden.tensors.reduce((crc, [name, shape, dtype, recipe]) => {
    const n = product(shape);
    const bytes =
      dtype === 'int64' ? new Uint8Array(n * 8) : new Uint8Array(portable(golden.seed, name, n, recipe).buffer);
    return crc32(bytes, crc);
  }, 0);
}

export function inputCrc(golden: Golden): number {
  return crc32(new Uint8Array(goldenInput(golden).buffer));
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/**
 * The generator that the goldens were made with: a hash of (seed, tensor's name, index), so that any language remakes
 * them bit for bit. `normal` is a sum of four 16-bit uniforms.
 */
export function portable(seed: number, name: string, n: number, recipe: Recipe): Float32Array {
  const out = new Float32Array(n);
  const salt = crc32(name);
  const lane = (k: number) => Number((BigInt(seed) * 0x9e3779b9n + BigInt(k)) & 0xffffffffn);
  const bits = (base: number, i: number) => scramble(scramble((i * 4 + base) >>> 0) ^ salt);
  if (recipe[0] === 'normal') {
    const [first, second] = [lane(0), lane(1)];
    const scale = recipe[1] * 2.6429055e-5;
    for (let i = 0; i < n; i++) {
      const a = bits(first, i);
      const b = bits(second, i);
      out[i] = ((a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16) - 131070) * scale;
    }
  } else if (recipe[0] === 'uniform') {
    const base = lane(2);
    const scale = (recipe[2] - recipe[1]) / 2 ** 32;
    for (let i = 0; i < n; i++) out[i] = recipe[1] + bits(base, i) * scale;
  }
  return out;
}

function scramble(value: number): number {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
