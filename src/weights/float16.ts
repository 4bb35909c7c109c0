/**
 * Half precision (IEEE 754 binary16) and bfloat16, as bit patterns in a Uint16Array. JavaScript has Float16Array only
 * since 2025; Node 20 does not have it.
 */

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/**
 * Rounds single to half precision, to the nearest, ties to even (IEEE 754, section 4.3.1). Values that are too small become subnormal or 0, values that are too large infinite.
 * @param out as long as `values`.
 * @returns how many finite values became infinite.
 */
export function toHalf(values: Float32Array, out: Uint16Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let overflows = 0;
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i] as number;
    const half = magnitudeToHalf(b & 0x7fffffff);
    if (half === 0x7c00 && (b & 0x7fffffff) !== 0x7f800000) overflows++;
    out[i] = ((b >>> 16) & 0x8000) | half;
  }
  return overflows;
}

/** `bits` without its sign. Thresholds: 0x47800000 is 2^16, 0x38800000 the least normal half 2^-14, 0x33000000 2^-25. */
function magnitudeToHalf(bits: number): number {
  if (bits >= 0x47800000) return bits > 0x7f800000 ? 0x7e00 | ((bits >>> 13) & 0x3ff) : 0x7c00;
  // The exponent's bias goes from 127 to 15; half a unit, less one if the result is even, is added and 13 bits are
  // dropped. A carry out of the mantissa raises the exponent, up to infinity, as it should.
  if (bits >= 0x38800000) return (bits - 0x38000000 + 0xfff + ((bits >>> 13) & 1)) >>> 13;
  if (bits < 0x33000000) return 0;
  const mantissa = (bits & 0x7fffff) | 0x800000;
  const shift = 126 - (bits >>> 23);
  const half = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (half & 1) === 1) ? half + 1 : half;
}

let halfTable: Float32Array | undefined;

/** Half to single precision, exactly. `out` is as long as `halves`. */
export function fromHalf(halves: Uint16Array, out: Float32Array): void {
  halfTable ??= Float32Array.from({ length: 0x10000 }, (_, h) => halfValue(h));
  for (let i = 0; i < halves.length; i++) out[i] = halfTable[halves[i] as number] as number;
}

function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (mantissa + 0x400) * 2 ** (exponent - 25));
}

/** bfloat16 to single precision, exactly: it is a single's upper half. `out` is as long as `values`. */
export function fromBfloat16(values: Uint16Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < values.length; i++) bits[i] = (values[i] as number) << 16;
}

/** The half nearest to one number; for constants. */
export function halfBits(value: number): number {
  single[0] = value;
  return (((word[0] as number) >>> 16) & 0x8000) | magnitudeToHalf((word[0] as number) & 0x7fffffff);
}
