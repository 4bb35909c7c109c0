/**
 * The nearest multiple of `m`, halves up, at least `m`.
 * As in MobileNet's and EfficientNet's reference code: `max(m, int(x + m / 2) // m * m)`.
 */
export function roundTo(x: number, m: number): number {
  return Math.max(m, Math.floor(x / m + 0.5) * m);
}

/**
 * `roundTo`, plus `m` where rounding took more than a tenth away: `round_filters` of tensorflow/tpu's
 * models/official/efficientnet, `_make_divisible` of MobileNet's.
 */
export function roundFilters(x: number, m: number): number {
  const rounded = roundTo(x, m);
  return rounded < 0.9 * x ? rounded + m : rounded;
}

/** `ceil(n * d)`, the repeats of a stage. In doubles, as in the reference code: `ceil(25 * 2.2)` is 56. */
export function scaleRepeats(n: number, d: number): number {
  return Math.ceil(n * d);
}
