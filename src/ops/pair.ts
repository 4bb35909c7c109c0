/** A number for each of the two axes of a map. */
export type Pair = readonly [high: number, wide: number];

/** The pair for a number or a pair. */
export function pairOf(written: number | Pair): Pair {
  return typeof written === 'number' ? [written, written] : written;
}

/** A number for the rows (axis 0) and one for the columns (axis 1). */
export function both(each: (axis: 0 | 1) => number): Pair {
  return [each(0), each(1)];
}
