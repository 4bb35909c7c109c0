import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { brightness, color, contrast, sharpness } from '../../../src/train/augment/enhance.ts';
import type { Image } from '../../../src/train/augment/image.ts';
import { applyOperation, type OperationName, operationNames } from '../../../src/train/augment/operations.ts';
import { applyPolicy, autoAugmentPolicy } from '../../../src/train/augment/policies.ts';
import { posterize, solarize, solarizeAdd } from '../../../src/train/augment/tone.ts';
import { rotate, shearX, shearY, translateX, translateY } from '../../../src/train/augment/warp.ts';
import { randomState } from '../../../src/weights/random.ts';

// made by golden/make_levels.py of timm's code
const golden = JSON.parse(readFileSync(new URL('./golden/levels.json', import.meta.url), 'utf8')) as {
  policy: unknown;
  levels: Record<string, number[]>;
};

const byName: Record<string, (image: Image, argument: number) => void> = {
  ...{ Rotate: rotate, Posterize: posterize, Solarize: solarize, SolarizeAdd: solarizeAdd, Color: color },
  ...{ Contrast: contrast, Brightness: brightness, Sharpness: sharpness, ShearX: shearX, ShearY: shearY },
  ...{ TranslateX: translateX, TranslateY: translateY },
};
const signed = ['Rotate', 'ShearX', 'ShearY', 'TranslateX', 'TranslateY'];

/** No two pixels alike in reach of each other. */
function picture(side: number): Image {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 31 + Math.floor(i / 97) * 17) % 251);
  return { width: side, height: side, channels: 3, data };
}

test("the policy is EfficientNet's, as timm has it", () => {
  expect(autoAugmentPolicy).toEqual(golden.policy);
});

/** timm's 250 pixels for an image of a quarter of the side. */
const reach = { translate: 1000, cutout: 100 };

test.each(Object.keys(golden.levels))('%s: what a level means is as timm has it, and both ways come up', (name) => {
  golden.levels[name]!.forEach((argument, level) => {
    const ways = (signed.includes(name) ? [argument, -argument] : [argument]).map((value) => {
      const image = picture(56);
      byName[name]!(image, value);
      return Buffer.from(image.data).toString('base64');
    });
    const seen = new Set<number>();
    for (let seed = 0; seed < (signed.includes(name) ? 12 : 1); seed++) {
      const image = picture(56);
      applyOperation(name as OperationName, image, level, reach, randomState(seed, 'way'));
      seen.add(ways.indexOf(Buffer.from(image.data).toString('base64')));
    }
    expect(seen).toEqual(new Set(ways.map((way) => ways.indexOf(way))));
  });
});

test('distances go with the size of the image', () => {
  const [image, wanted] = [picture(56), picture(56)];
  applyOperation('TranslateX', image, 10, { translate: 40, cutout: 0 }, randomState(0, 'x'));
  // 40 of 224 are 10 of 56
  const options = [10, -10].map((pixels) => {
    const moved = { ...wanted, data: wanted.data.slice() };
    translateX(moved, pixels);
    return moved.data;
  });
  expect(options).toContainEqual(image.data);
});

test('cutout grays a square of twice its reach, less at the border', () => {
  for (let seed = 0; seed < 20; seed++) {
    const image: Image = { width: 224, height: 224, channels: 1, data: new Uint8Array(224 * 224) };
    applyOperation('Cutout', image, 10, { translate: 0, cutout: 40 }, randomState(seed, 'cutout'));
    const gray = image.data.filter((v) => v === 128).length;
    expect(gray).toBeGreaterThanOrEqual(40 * 40);
    expect(gray).toBeLessThanOrEqual(80 * 80);
  }
});

test('RandAugment draws each operation about as often', () => {
  // one image per operation's mark: what differs from the others tells which was drawn
  const marks = new Map<string, OperationName>();
  for (const name of operationNames) {
    for (let seed = 0; seed < (name === 'Cutout' ? 3000 : 8); seed++) {
      const image = picture(16);
      applyOperation(name, image, 7, { translate: 100, cutout: 40 }, randomState(seed, 'mark'));
      marks.set(Buffer.from(image.data).toString('base64'), name);
    }
  }
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 3200; seed++) {
    const image = picture(16);
    applyPolicy({ kind: 'rand', operations: 1, magnitude: 7 }, image, randomState(seed, 'rand'));
    const name = marks.get(Buffer.from(image.data).toString('base64')) ?? 'none';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.get('none') ?? 0).toBeLessThan(32);
  // 200 each, within five standard deviations
  for (const name of operationNames) expect(Math.abs((counts.get(name) ?? 0) - 200)).toBeLessThan(5 * Math.sqrt(200));
});

test('AutoAugment takes a row and its probabilities', () => {
  // On an even gray only some operations show: those that change tones. Counted against the policy itself.
  const gray = (): Image => ({ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(100) });
  let changed = 0;
  const runs = 5000;
  for (let seed = 0; seed < runs; seed++) {
    const image = gray();
    applyPolicy({ kind: 'auto' }, image, randomState(seed, 'auto'));
    if (image.data.every((v) => v === image.data[0]) && image.data[0] !== 100) changed++;
  }
  // what leaves an even gray even, and of another tone
  const shows = (name: OperationName, level: number) => {
    const image = gray();
    applyOperation(name, image, level, { translate: 0, cutout: 0 }, randomState(0, 'x'));
    return image.data[0] !== 100;
  };
  const even: OperationName[] = ['Solarize', 'SolarizeAdd', 'Invert', 'Posterize'];
  const expected = autoAugmentPolicy.reduce((sum, row) => {
    const missing = row.reduce(
      (p, [name, share, level]) => p * (even.includes(name) && shows(name, level) ? 1 - share : 1),
      1,
    );
    return sum + (1 - missing) / autoAugmentPolicy.length;
  }, 0);
  // turns and shears let another gray in: those images are counted on neither side, which costs a few per cent
  expect(Math.abs(changed / runs - expected)).toBeLessThan(0.08);
});
