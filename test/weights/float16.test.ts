import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBfloat16, fromHalf, halfBits, toHalf } from '../../src/weights/float16.ts';

const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
const decoded = new Float32Array(all.length);
fromHalf(all, decoded);

const encode = (...values: number[]) => {
  const out = new Uint16Array(values.length);
  const overflows = toHalf(Float32Array.from(values), out);
  return { out: [...out], overflows };
};

it('reads halves as IEEE 754 writes them', () => {
  const value = (bits: number) => decoded[bits];
  expect([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff].map(value)).toEqual([
    1,
    -2,
    65504,
    2 ** -14,
    2 ** -24,
    1023 * 2 ** -24,
  ]);
  expect(value(0x7c00)).toBe(Number.POSITIVE_INFINITY);
  expect(value(0x7e00)).toBeNaN();
  expect(Object.is(value(0x8000), -0)).toBe(true);
});

it('brings each of the 65,536 halves back', () => {
  const again = new Uint16Array(all.length);
  expect(toHalf(decoded, again)).toBe(0);
  for (const bits of all) {
    if (Number.isNaN(decoded[bits])) expect(again[bits]! & 0x7fff).toBeGreaterThan(0x7c00);
    else if (again[bits] !== bits) expect.unreachable(`${bits} became ${again[bits]}`);
  }
});

it('rounds what lies between two halves to the nearest, and a tie to the even one', () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = decoded[bits]!;
    const high = decoded[bits + 1]!;
    const middle = (low + high) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const nudge = (high - low) / 1024;
    const { out } = encode(middle, middle - nudge, middle + nudge, -middle);
    if (out[0] !== even || out[1] !== bits || out[2] !== bits + 1 || out[3] !== (even | 0x8000)) {
      expect.unreachable(`${middle} became ${out}`);
    }
  }
});

it('counts what becomes infinite', () => {
  expect(encode(65519.99, 65520, -1e30, Number.POSITIVE_INFINITY, Number.NaN)).toEqual({
    out: [0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x7e00],
    overflows: 2,
  });
});

it('gives the nearest half of any number', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (x) => {
      const found = Math.abs(decoded[halfBits(x)]! - x);
      for (const neighbour of [halfBits(x) - 1, halfBits(x) + 1]) {
        if (neighbour >= 0 && Number.isFinite(decoded[neighbour]!)) {
          expect(found).toBeLessThanOrEqual(Math.abs(decoded[neighbour]! - x));
        }
      }
    }),
  );
});

it('reads bfloat16 as the upper half of a single', () => {
  const out = new Float32Array(5);
  fromBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001, 0x8000), out);
  expect([...out]).toEqual([1, -2, Number.POSITIVE_INFINITY, 2 ** -133, -0]);
});
