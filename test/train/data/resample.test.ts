import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resample } from '../../../src/train/data/resample.ts';

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
  const result = resample(pixelsOf(from, channels), to.width, to.height);
  const wanted = pixelsOf(to, channels);
  expect([result.width, result.height, result.data.length]).toEqual([wanted.width, wanted.height, wanted.data.length]);
  const furthest = result.data.reduce((most, v, i) => Math.max(most, Math.abs(v - wanted.data[i]!)), 0);
  expect(furthest).toBeLessThanOrEqual(1);
});
