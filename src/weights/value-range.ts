/** A summary of a tensor's values. */
export interface ValueRange {
  /** The range of the finite values; absent where there are none. */
  readonly min?: number;
  readonly max?: number;
  /** How many are infinite or not numbers. */
  readonly notFinite: number;
}

/** The smallest and the largest of the finite values, and how many others there are. */
export function valueRange(values: Float32Array): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let notFinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // a product with 0 is NaN where the value is infinite or NaN
    if (value * 0 !== 0) notFinite++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return notFinite === values.length ? { notFinite } : { min, max, notFinite };
}
