import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { channelsFirst } from '../predict/file-image.ts';
import { pictureSet } from '../predict/picture-set.ts';
import { createLoader } from '../train/data/create-loader.ts';
import { DataError, type SkippedImage } from '../train/data/types.ts';
import { nextTurn } from '../train/loop/evaluate.ts';
import type { NetworkImage } from '../train/open/classified-network.ts';
import { plainLoaderOptions } from '../train/open/loader-options.ts';
import { fillNormal } from '../weights/normal.ts';
import { randomState } from '../weights/random.ts';

/** Any number of pictures as the network takes them, or of its values for each: kept in a file, a few at a time in memory. */
export interface Pictures {
  readonly count: number;
  /** `[count, C, H, W]`, the pictures from a given number on; valid until the next call. */
  read(first: number, count: number): Float32Array;
  close(): void;
}

export interface PrepareOptions {
  readonly cwd: string;
  /** A folder that exists as long as the pictures do. */
  readonly folder: string;
  readonly image: NetworkImage;
  readonly workers?: number;
  skipped(image: SkippedImage): void;
  progress(done: number, total: number): void;
}

const batch = 16;

/**
 * Prepares pictures as `eval` and `predict` do: decoded, resized, cropped, normalised.
 * @throws DataError if no picture can be read.
 */
export async function preparePictures(files: readonly string[], options: PrepareOptions): Promise<Pictures> {
  const { cwd, folder, image, workers, skipped, progress } = options;
  const [height, width] = image.size;
  const size = image.channels * height * width;
  const store = createStore(folder, size);
  const loader = createLoader(pictureSet(files, cwd, image.channels), 'test', {
    ...plainLoaderOptions(image, batch, workers),
    maxCorrupt: files.length,
  });
  let done = 0;
  try {
    for await (const { images, indices, skipped: unread } of loader.epoch(0)) {
      const absent = new Set(unread.map(({ index }) => index));
      for (const picture of unread) skipped(picture);
      const ordered = channelsFirst(images, height * width, image.channels);
      for (const [slot, index] of indices.entries()) {
        if (!absent.has(index)) store.add(ordered.subarray(slot * size, (slot + 1) * size));
      }
      done += indices.length;
      progress(done, files.length);
      await nextTurn();
    }
  } catch (e) {
    store.pictures().close();
    throw e;
  } finally {
    await loader.close();
  }
  const pictures = store.pictures();
  if (pictures.count > 0) return pictures;
  pictures.close();
  throw new DataError('no picture can be read');
}

/** Normally distributed numbers of mean 0 and deviation 1 in place of pictures. */
export function noise(count: number, { channels, size: [height, width] }: NetworkImage, folder: string): Pictures {
  const values = new Float32Array(channels * height * width);
  const store = createStore(folder, values.length);
  for (let i = 0; i < count; i++) {
    fillNormal(values, randomState(0, `calibrate/${i}`), 1);
    store.add(values);
  }
  return store.pictures();
}

let stores = 0;

/** A file for pictures, or for other values with a fixed number per picture. */
export function createStore(folder: string, size: number): { add(picture: Float32Array): void; pictures(): Pictures } {
  const path = join(folder, `pictures-${stores++}`);
  const file = openSync(path, 'wx+');
  let count = 0;
  let buffer = new Float32Array(0);
  return {
    add(picture) {
      const bytes = new Uint8Array(picture.buffer, picture.byteOffset, picture.byteLength);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, count * size * 4 + at);
      count++;
    },
    pictures: () => ({
      count,
      read(first, wanted) {
        if (buffer.length < wanted * size) buffer = new Float32Array(wanted * size);
        const out = buffer.subarray(0, wanted * size);
        const bytes = new Uint8Array(out.buffer, 0, out.byteLength);
        for (let at = 0; at < bytes.length; ) {
          const got = readSync(file, bytes, at, bytes.length - at, first * size * 4 + at);
          if (got === 0) throw new Error(`'${path}' ended early`);
          at += got;
        }
        return out;
      },
      close() {
        closeSync(file);
        rmSync(path, { force: true });
      },
    }),
  };
}

/** The pictures in batches, in order. */
export function* batchesOf(
  pictures: Pictures,
  size: number,
  most = pictures.count,
): Generator<{ images: Float32Array; count: number }> {
  const total = Math.min(pictures.count, most);
  for (let first = 0; first < total; first += size) {
    const count = Math.min(size, total - first);
    yield { images: pictures.read(first, count), count };
  }
}

/** Every n-th picture is kept for seeking a goal. */
const sought = 5;

/**
 * Pictures in two disjoint parts: those that numbers are fitted to, and every fifth, on which a goal is sought, since a network fitted
 * to few pictures is closer to float32 on these than on others. Fewer than five serve as both. The parts are open as long as the
 * whole.
 */
export function inTwoParts(pictures: Pictures): { readonly fitted: Pictures; readonly seeking: Pictures } {
  const all = Array.from({ length: pictures.count }, (_, i) => i);
  if (all.length < sought) return { fitted: pictures, seeking: pictures };
  const isSought = (i: number) => i % sought === sought - 1;
  return {
    fitted: chosen(
      pictures,
      all.filter((i) => !isSought(i)),
    ),
    seeking: chosen(pictures, all.filter(isSought)),
  };
}

function chosen(pictures: Pictures, numbers: readonly number[]): Pictures {
  let buffer = new Float32Array(0);
  return {
    count: numbers.length,
    read(first, count) {
      const size = pictures.read(0, 1).length;
      if (buffer.length < count * size) buffer = new Float32Array(count * size);
      for (let i = 0; i < count; i++) buffer.set(pictures.read(numbers[first + i] as number, 1), i * size);
      return buffer.subarray(0, count * size);
    },
    close() {},
  };
}

/** Pictures followed by their mirror images, for twice as many answers to compare. Closing it does not close the pictures. */
export function withMirrored(pictures: Pictures, width: number): Pictures {
  let buffer = new Float32Array(0);
  return {
    count: 2 * pictures.count,
    read(first, count) {
      const size = pictures.read(0, 1).length;
      if (buffer.length < count * size) buffer = new Float32Array(count * size);
      for (let i = 0; i < count; i++) {
        const number = first + i;
        buffer.set(pictures.read(number % pictures.count, 1), i * size);
        if (number < pictures.count) continue;
        for (let row = i * size; row < (i + 1) * size; row += width) buffer.subarray(row, row + width).reverse();
      }
      return buffer.subarray(0, count * size);
    },
    close() {},
  };
}
