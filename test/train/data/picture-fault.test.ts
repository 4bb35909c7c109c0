import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { createLoader } from '../../../src/train/data/create-loader.ts';
import { decodeWhole } from '../../../src/train/data/decode.ts';
import { openDataset } from '../../../src/train/data/open-dataset.ts';
import { pictureFault } from '../../../src/train/data/picture-fault.ts';
import { processorTime } from '../../processor-time.ts';
import { scratchFolder, writeAt } from './make-sets.ts';

const root = scratchFolder();
const noise = Uint8Array.from({ length: 90 * 70 * 3 }, (_, i) => (i * 7919 + ((i / 3) % 90)) % 256);
const encode = (format: 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif', options = {}) =>
  sharp(noise, { raw: { width: 90, height: 70, channels: 3 } })
    .toFormat(format, options)
    .toBuffer();
const readingOf = (name: string, bytes: Uint8Array) => {
  const path = writeAt(root, name, bytes);
  return decodeWhole({ kind: 'file', path }, 3).then(
    () => 'read',
    (e: Error) => e.message,
  );
};

describe('a file that ends within the picture, wherever', () => {
  test.each([
    ['JPEG', 'jpeg', {}],
    ['JPEG', 'jpeg', { progressive: true }],
    ['PNG', 'png', {}],
    ['GIF', 'gif', {}],
    ['WebP', 'webp', {}],
    ['TIFF', 'tiff', { compression: 'none' }],
    ['AVIF', 'avif', {}],
  ] as const)('%s', async (name, format, options) => {
    const whole = await encode(format, options);
    expect(await readingOf('whole', whole)).toBe('read');
    for (const share of [0.1, 0.5, 0.9]) {
      const bytes = whole.subarray(0, Math.floor(whole.length * share));
      expect(await readingOf('part', bytes), String(share)).toBe(`the file ends within the picture (${name})`);
    }
  });

  test('is told from one that is damaged', async () => {
    const whole = Buffer.from(await encode('png'));
    whole.fill(0x55, 200, 400);
    expect(await readingOf('damaged', whole)).toBe('the picture is damaged (PNG)');
    const jpeg = Buffer.from(await encode('jpeg'));
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    jpeg.fill(0x55, frame + 4, frame + 9);
    expect(await readingOf('damaged', jpeg)).toBe('the picture is damaged (JPEG)');
  });
});

test('what is not a picture, or of a format that is not read, is named', async () => {
  expect(await readingOf('x.jpg', Buffer.from('<html>not found</html>'))).toBe('it is text, not a picture');
  expect(await readingOf('x.jpg', Uint8Array.of(1, 2, 3, 4))).toBe('it is not a picture of a known format');
  for (const text of ['caf\u00e9', 'sch\u00f6n \u7f51\u7edc']) {
    expect(await readingOf('x.jpg', Buffer.from(text))).toBe('it is text, not a picture');
    expect(await readingOf('x.jpg', Buffer.from(text).subarray(0, -1))).toBe('it is text, not a picture');
  }
  expect(await readingOf('x.jpg', Buffer.from('caf\u00e9', 'latin1'))).toBe('it is text, not a picture');
  // the first bytes of a PNG and of a JPEG file
  for (const length of [4, 8, 20]) {
    const start = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08', 'latin1').subarray(0, length);
    expect(await readingOf('x.png', start)).toBe('the file ends within the picture (PNG)');
  }
  expect(await readingOf('x.jpg', Uint8Array.of(0xff, 0xd8))).toBe('it is not a picture of a known format');
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic');
  expect(await readingOf('x.jpg', heic)).toBe('its format is HEIC, which is not read here: convert it to PNG or JPEG');
  expect(await readingOf('x.jpg', Buffer.from('BM\x36\0\0\0\0\0'))).toMatch(/^its format is BMP/);
  const huge = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';
  expect(await readingOf('x.svg', Buffer.from(huge))).toBe('it has more pixels than are decoded, 268 million');
});

test('finding out takes time in proportion to the bytes', () => {
  const starts = [
    '\xff\xd8\xff',
    '\x89PNG\r\n\x1a\n',
    'GIF89a',
    'RIFF0000WEBP',
    'II*\0',
    '\0\0\0\x18ftypavif',
    '<svg',
    ' ',
  ];
  for (const start of starts) {
    for (const fill of [0, 0x20, 0xff, 0x0a, 0x2c, 0x21, 0x3c]) {
      const bytes = Buffer.alloc(1_000_000, fill);
      bytes.write(start, 'latin1');
      const before = processorTime();
      expect(pictureFault(bytes)).toMatch(/^(it is|its format is|the file ends|the picture is)/);
      expect(processorTime() - before).toBeLessThan(2000);
    }
  }
});

describe('pictures that cannot be read, decoded at the same time', () => {
  const loaders: { close(): Promise<void> }[] = [];
  afterAll(() => Promise.all(loaders.map((loader) => loader.close())));

  test('have the same reason for the same bytes', async () => {
    const [jpeg, png] = [await encode('jpeg'), await encode('png')];
    for (let i = 0; i < 12; i++) {
      writeAt(root, `cut/a/${i}.jpg`, i === 0 ? jpeg : jpeg.subarray(0, jpeg.length >> 1));
      writeAt(root, `cut/b/${i}.png`, i === 0 ? png : png.subarray(0, png.length >> 1));
    }
    const data = await openDataset(`${root}/cut`, { validation: 0 });
    const loader = createLoader(data, 'train', { batchSize: 8, size: 40, workers: 3, maxCorrupt: 22 });
    loaders.push(loader);
    for await (const _ of loader.epoch(0));
    const reasons = [...loader.corrupt.values()].map(({ name, reason }) => `${name[0]}: ${reason}`);
    expect(reasons.length).toBe(22);
    expect(new Set(reasons)).toEqual(
      new Set(['a: the file ends within the picture (JPEG)', 'b: the file ends within the picture (PNG)']),
    );
  });

  test('end training where they are all of a class, which their first bytes did not tell', async () => {
    const jpeg = await encode('jpeg');
    for (let i = 0; i < 4; i++) {
      writeAt(root, `class/a/${i}.jpg`, jpeg);
      writeAt(root, `class/b/${i}.jpg`, jpeg.subarray(0, jpeg.length >> 1));
    }
    const data = await openDataset(`${root}/class`, { validation: 0 });
    const loader = createLoader(data, 'train', { batchSize: 8, size: 40, workers: 1 });
    loaders.push(loader);
    const run = async () => {
      for await (const _ of loader.epoch(0));
    };
    await expect(run()).rejects.toThrow(
      /^4 of 4 images of the class 'b' could not be read, so that nothing can be learnt about it: 'b.\d.jpg' \(the file ends/,
    );
    // measuring goes on without them, but not without any
    const measured = createLoader(data, 'train', { batchSize: 8, size: 40, workers: 1, training: false });
    loaders.push(measured);
    for await (const _ of measured.epoch(0));
    expect(measured.corrupt.size).toBe(4);
    for (let i = 0; i < 4; i++) writeAt(root, `class/a/${i}.jpg`, jpeg.subarray(0, 900));
    const none = createLoader(data, 'train', { batchSize: 2, size: 40, workers: 1, training: false });
    loaders.push(none);
    const all = async () => {
      for await (const _ of none.epoch(0));
    };
    await expect(all()).rejects.toThrow(/^8 of 8 images could not be read: /);
  });
});
