/** The whole-number arithmetic of TensorFlow Lite's reference kernels (tensorflow/lite/kernels/internal/common.h and quantization_util.cc). */

/** A real factor as `multiplier * 2^(shift - 31)`. */
export interface Factor {
  readonly multiplier: bigint;
  readonly shift: number;
}

/** `QuantizeMultiplier`: the nearest factor with 31 bits. */
export function factorOf(real: number): Factor {
  if (real === 0) return { multiplier: 0n, shift: 0 };
  let shift = Math.floor(Math.log2(real)) + 1;
  let share = real / 2 ** shift;
  // log2 rounds: the share is in [0.5, 1)
  if (share >= 1) [share, shift] = [share / 2, shift + 1];
  if (share < 0.5) [share, shift] = [share * 2, shift - 1];
  let multiplier = BigInt(Math.round(share * 2 ** 31));
  if (multiplier === 2n ** 31n) [multiplier, shift] = [multiplier / 2n, shift + 1];
  return shift < -31 ? { multiplier: 0n, shift: 0 } : { multiplier, shift };
}

/** `SaturatingRoundingDoublingHighMul`: the upper half of twice the product, halves away from zero. */
function doubledHigh(a: bigint, b: bigint): bigint {
  const product = a * b;
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  // a quotient of big integers is cut off, as in C
  return (product + nudge) / (1n << 31n);
}

/** `RoundingDivideByPOT`: halves away from zero. */
function shiftedDown(x: bigint, places: number): bigint {
  const mask = (1n << BigInt(places)) - 1n;
  const threshold = (mask >> 1n) + (x < 0n ? 1n : 0n);
  return (x >> BigInt(places)) + ((x & mask) > threshold ? 1n : 0n);
}

/** `MultiplyByQuantizedMultiplier` */
export function scaledBy(x: number, { multiplier, shift }: Factor): number {
  const left = Math.max(shift, 0);
  return Number(shiftedDown(doubledHigh(BigInt(x) << BigInt(left), multiplier), left - shift));
}

/** `TfLiteRound`: halves away from zero. */
export function roundAway(x: number): number {
  return Math.sign(x) * Math.round(Math.abs(x));
}
