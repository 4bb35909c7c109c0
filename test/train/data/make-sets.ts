import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';

/** A folder that is gone after the tests of a file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'enet-test-data-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeAt(folder: string, path: string, bytes: Uint8Array | string): string {
  const to = join(folder, path);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, bytes);
  return to;
}

/** An IDX file: `dims` as stated in the header, `values` as they come. */
export function idxBytes(dims: readonly number[], values: ArrayLike<number>, magic = 0x800 + dims.length): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dims.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  dims.forEach((dim, i) => {
    view.setUint32(4 + 4 * i, dim);
  });
  bytes.set(Uint8Array.from(values), 4 + 4 * dims.length);
  return bytes;
}

/** `count` gray images of `side` pixels, image i all i + 1, its label i modulo `classes`. */
export function idxSet(count: number, side: number, classes: number): { images: Uint8Array; labels: Uint8Array } {
  const images = Array.from({ length: count * side * side }, (_, at) => 1 + Math.floor(at / (side * side)));
  const labels = Array.from({ length: count }, (_, i) => i % classes);
  return { images: idxBytes([count, side, side], images), labels: idxBytes([count], labels) };
}

export function writeIdxSet(folder: string, train: number, test: number, { side = 8, classes = 3 } = {}): string {
  for (const [name, count] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const { images, labels } = idxSet(count, side, classes);
    writeAt(folder, `${name}-images-idx3-ubyte`, images);
    writeAt(folder, `${name}-labels-idx1-ubyte`, labels);
  }
  return folder;
}

/** CIFAR records: labels first, then a red, a green and a blue plane of one value each. */
export function cifarRecords(
  rows: readonly { labels: number[]; colour: readonly [number, number, number] }[],
): Uint8Array {
  return Uint8Array.from(
    rows.flatMap(({ labels, colour }) => [...labels, ...colour.flatMap((value) => Array<number>(1024).fill(value))]),
  );
}

export type Colour = { r: number; g: number; b: number };

/** One colour all over. */
export function plainPicture(width: number, height: number, background: Colour) {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Folders of JPEGs: `counts` pictures for each class, each of its own colour. */
export async function writeFolders(
  folder: string,
  counts: Readonly<Record<string, number>>,
  { width = 40, height = 30 } = {},
): Promise<void> {
  let n = 0;
  for (const [name, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) {
      const colour = { r: (n * 37) % 256, g: (n * 91) % 256, b: (n * 53) % 256 };
      writeAt(folder, `${name}/${i}.jpg`, await plainPicture(width, height, colour).jpeg().toBuffer());
      n++;
    }
  }
}
