/** How far two tensors of one shape are apart. */
export interface TensorDifference {
  /** The largest |a - b|; infinite where one is finite and the other is not, or they are not finite in different ways. */
  readonly absolute: number;
  /** The same relative to the largest finite |a| of the first. */
  readonly relative: number;
}

/** Compares two tensors with equally many values. NaN on both sides counts as equal. */
export function tensorDifference(a: Float32Array, b: Float32Array): TensorDifference {
  let absolute = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    const size = Math.abs(x);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
    if (Object.is(x, y)) continue;
    const difference = Math.abs(x - y);
    if (difference > absolute) absolute = difference;
    else if (Number.isNaN(difference)) absolute = Number.POSITIVE_INFINITY;
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / largest };
}
