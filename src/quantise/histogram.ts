/** Bins of a histogram. */
const binCount = 2048;

/** How often values of a tensor occur, and their minimum and maximum, for any number of values in constant memory. */
export interface Histogram {
  readonly least: number;
  readonly most: number;
  /** Counts in bins of equal width between the two. */
  readonly counts: Float64Array;
}

/** The bounds of the values seen so far, including 0. */
export interface Bounds {
  least: number;
  most: number;
}

export function emptyBounds(): Bounds {
  return { least: 0, most: 0 };
}

/** Widens bounds for values; NaN is skipped. */
export function widen(bounds: Bounds, values: Float32Array): void {
  let { least, most } = bounds;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (x < least) least = x;
    else if (x > most) most = x;
  }
  bounds.least = least;
  bounds.most = most;
}

export function emptyHistogram({ least, most }: Bounds): Histogram {
  return { least, most, counts: new Float64Array(binCount) };
}

/** Counts values; those outside of the bounds count as the nearest one within. */
export function count({ least, most, counts }: Histogram, values: Float32Array): void {
  const perBin = most > least ? counts.length / (most - least) : 0;
  const last = counts.length - 1;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i] as number) - least) * perBin);
    const at = Math.min(Math.max(bin, 0), last);
    counts[at] = (counts[at] as number) + 1;
  }
}
