import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evaluationFraming } from '../../../src/train/augment/crops.ts';
import { decodeFramed } from '../../../src/train/data/decode.ts';
import { resample } from '../../../src/train/data/resample.ts';
import { scratchFolder, writeAt } from './make-sets.ts';

interface Coded {
  readonly width: number;
  readonly height: number;
  readonly data: string;
}

// made by golden/make.py with Pillow
const { cases } = JSON.parse(readFileSync(new URL('./golden/resize.json', import.meta.url), 'utf8')) as {
  cases: { channels: 1 | 3; from: Coded; to: Coded }[];
};
const pixelsOf = ({ data, ...size }: Coded, channels: 1 | 3) => ({
  ...size,
  channels,
  data: new Uint8Array(Buffer.from(data, 'base64')),
});

test.each(
  cases.map(
    ({ channels, from, to }) =>
      [`${from.width} x ${from.height} x ${channels} to ${to.width} x ${to.height}`, channels, from, to] as const,
  ),
)('%s, as Pillow', (_, channels, from, to) => {
  const image = pixelsOf(from, channels);
  const whole = { from: { left: 0, top: 0, width: from.width, height: from.height }, left: 0, top: 0 };
  const result = resample(image, { ...whole, width: to.width, height: to.height }, [to.width, to.height]);
  expect([result.width, result.height]).toEqual([to.width, to.height]);
  expect([...result.data]).toEqual([...pixelsOf(to, channels).data]);
});

interface Photograph {
  readonly name: string;
  readonly channels: 1 | 3;
  readonly interpolation: 'bicubic' | 'bilinear';
  readonly crop: number;
  /** Width and height of the input. */
  readonly size: readonly [number, number];
  readonly file: string;
  readonly prepared: string;
}

// made by golden/make_frames.py with timm
const { photographs } = JSON.parse(readFileSync(new URL('./golden/frames.json', import.meta.url), 'utf8')) as {
  photographs: Photograph[];
};
const root = scratchFolder();

test.each(photographs.map((one) => [one.name, one] as const))('%s, as timm prepares it', async (_, one) => {
  const path = writeAt(root, 'photograph', Buffer.from(one.file, 'base64'));
  const [width, height] = one.size;
  const shape = { width, height, channels: one.channels, interpolation: one.interpolation };
  const choose = (...size: [number, number]) => evaluationFraming(size, one.size, one.crop);
  const found = await decodeFramed({ kind: 'file', path }, shape, choose);
  expect([...found]).toEqual([...Buffer.from(one.prepared, 'base64')]);
});
