import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brightness, color, contrast, sharpness } from '../../../src/train/augment/enhance.ts';
import type { Image } from '../../../src/train/augment/image.ts';
import { applyOperation, operationNames } from '../../../src/train/augment/operations.ts';
import { cutout, erase, flip, shift } from '../../../src/train/augment/patches.ts';
import { autoContrast, equalize, invert, posterize, solarize, solarizeAdd } from '../../../src/train/augment/tone.ts';
import { rotate, shearX, shearY, translateX, translateY } from '../../../src/train/augment/warp.ts';
import { nextUnit, randomState } from '../../../src/weights/random.ts';

interface Golden {
  readonly images: readonly {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly data: string;
    readonly results: readonly { readonly operation: string; readonly argument: number; readonly data: string }[];
  }[];
}

// made by golden/make.py with Pillow
const golden = JSON.parse(readFileSync(new URL('./golden/pillow.json', import.meta.url), 'utf8')) as Golden;

const operations: Record<string, (image: Image, argument: number) => void> = {
  ...{ autoContrast, equalize, invert, posterize, solarize, solarizeAdd },
  ...{ color, contrast, brightness, sharpness, rotate, shearX, shearY, translateX, translateY },
};

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

describe('as Pillow', () => {
  for (const { width, height, channels, data, results } of golden.images) {
    for (const { operation, argument, data: expected } of results) {
      test(`${operation}(${argument ?? ''}) on ${channels === 3 ? 'colour' : 'gray'}`, () => {
        const image: Image = { width, height, channels, data: bytesOf(data) };
        operations[operation]!(image, argument);
        expect(Buffer.from(image.data).equals(bytesOf(expected))).toBe(true);
      });
    }
  }
});

const images = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }), gray: fc.boolean() })
  .chain(({ width, height, gray }) => {
    const channels = gray ? (1 as const) : (3 as const);
    const length = width * height * channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data): Image => ({ width, height, channels, data: data.slice() }));
  });

const copy = (image: Image): Image => ({ ...image, data: image.data.slice() });

test('magnitudes that change nothing change nothing', () => {
  const still: ((image: Image) => void)[] = [
    (i) => posterize(i, 8),
    (i) => solarize(i, 256),
    (i) => solarizeAdd(i, 0),
    (i) => color(i, 1),
    (i) => contrast(i, 1),
    (i) => brightness(i, 1),
    (i) => sharpness(i, 1),
    (i) => rotate(i, 0),
    (i) => shearX(i, 0),
    (i) => shearY(i, 0),
    (i) => translateX(i, 0),
    (i) => translateY(i, 0),
    (i) => shift(i, 0, 0),
    (i) => cutout(i, 0, randomState(1, 'cutout')),
    (i) => {
      invert(i);
      invert(i);
    },
    (i) => {
      flip(i);
      flip(i);
    },
  ];
  fc.assert(
    fc.property(images, fc.constantFrom(...still), (image, apply) => {
      const changed = copy(image);
      apply(changed);
      expect(changed.data).toEqual(image.data);
    }),
  );
});

test('every operation keeps the size, at every level and image, and depends on its state alone', () => {
  const reach = { translate: 250, cutout: 100 };
  fc.assert(
    fc.property(
      images,
      fc.constantFrom(...operationNames),
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.nat(),
      (image, name, level, seed) => {
        const [one, two] = [copy(image), copy(image)];
        applyOperation(name, one, level, reach, randomState(seed, 'x'));
        applyOperation(name, two, level, reach, randomState(seed, 'x'));
        expect(one.data.length).toBe(image.data.length);
        expect(one.data).toEqual(two.data);
      },
    ),
  );
});

test('a shift moves pixels and lets black in', () => {
  const image: Image = { width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const right = copy(image);
  shift(right, 1, 0);
  expect([...right.data]).toEqual([0, 1, 2, 0, 4, 5]);
  const up = copy(image);
  shift(up, -1, -1);
  expect([...up.data]).toEqual([5, 6, 0, 0, 0, 0]);
  const away = copy(image);
  shift(away, 3, 5);
  expect([...away.data]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a flip mirrors pixels, not channels', () => {
  const image: Image = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  flip(image);
  expect([...image.data]).toEqual([4, 5, 6, 1, 2, 3]);
});

test('the erased rectangle has the area and the ratio of height to width that were drawn', () => {
  const [width, height] = [400, 300];
  for (let seed = 0; seed < 12; seed++) {
    const image: Image = { width, height, channels: 1, data: new Uint8Array(width * height) };
    erase(image, randomState(seed, 'ratio'));
    const state = randomState(seed, 'ratio');
    const draw = () => {
      const area = (0.02 + 0.31 * nextUnit(state)) * width * height;
      const ratio = 0.3 * 11 ** nextUnit(state);
      return [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))] as const;
    };
    let [high, wide] = draw();
    while (high > height || wide > width) [high, wide] = draw();
    const rows = Array.from({ length: height }, (_, y) => image.data.subarray(y * width, (y + 1) * width));
    expect(rows.filter((row) => row.some((v) => v > 0)).length).toBe(high);
    const columns = Array.from({ length: width }, (_, x) => rows.some((row) => (row[x] as number) > 0));
    expect(columns.filter(Boolean).length).toBe(wide);
  }
});

test('erasing takes between 2 % and a third of the image', () => {
  const shares: number[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const image: Image = { width: 60, height: 40, channels: 3, data: new Uint8Array(60 * 40 * 3).fill(7) };
    erase(image, randomState(seed, 'erase'));
    shares.push(image.data.filter((v) => v !== 7).length / image.data.length);
  }
  expect(Math.max(...shares)).toBeLessThan(0.34);
  // a few draws do not fit, and one noise value of 256 is the old one
  expect(shares.filter((share) => share > 0.018).length).toBeGreaterThan(190);
});
