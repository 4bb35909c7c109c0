import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wholeFraming } from '../../../src/train/augment/crops.ts';
import { decodeFramed, decodeWhole } from '../../../src/train/data/decode.ts';
import { plainPicture, scratchFolder, writeAt } from './make-sets.ts';

// made by golden/make_gray.py with Pillow
const golden = JSON.parse(readFileSync(new URL('./golden/gray.json', import.meta.url), 'utf8')) as {
  width: number;
  height: number;
  cases: { name: string; file: string; gray: string }[];
};
const root = scratchFolder();

test.each(golden.cases.map((one) => [one.name, one] as const))('%s: gray as Pillow has it', async (name, one) => {
  const path = writeAt(root, name.replaceAll(' ', '-'), Buffer.from(one.file, 'base64'));
  const { width, height, data } = await decodeWhole({ kind: 'file', path }, 1);
  expect([width, height]).toEqual([golden.width, golden.height]);
  expect([...data]).toEqual([...Buffer.from(one.gray, 'base64')]);
});

test('a large picture and a record of the same colour are of the same gray', async () => {
  const target = { width: 8, height: 8, channels: 1 } as const;
  const whole = (...size: [number, number]) => wholeFraming(size, [8, 8]);
  for (const [r, g, b, luma] of [
    [200, 0, 0, 60],
    [10, 200, 30, 124],
  ] as const) {
    const path = writeAt(root, 'large.png', await plainPicture(100, 80, { r, g, b }).png().toBuffer());
    const record = { kind: 'record', path, offset: 0, width: 8, height: 8, channels: 3, planar: false } as const;
    expect(new Set(await decodeFramed({ kind: 'file', path }, target, whole))).toEqual(new Set([luma]));
    writeAt(
      root,
      'record',
      Uint8Array.from({ length: 192 }, (_, i) => [r, g, b][i % 3] as number),
    );
    expect(new Set(await decodeFramed({ ...record, path: `${root}/record` }, target, whole))).toEqual(new Set([luma]));
  }
});
