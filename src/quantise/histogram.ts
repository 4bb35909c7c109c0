/** Bins of a histogram. */
const binCount = 2048;

/** How often values of a tensor occur, and their least and most. Of any number of tensors, in memory that does not grow. */
export interface Histogram {
  readonly least: number;
  readonly most: number;
  /** Of equal width between the two. */
  readonly counts: Float64Array;
}

/** The bounds of what has been seen, 0 among them. */
export interface Bounds {
  least: number;
  most: number;
}

export function emptyBounds(): Bounds {
  return { least: 0, most: 0 };
}

/** Widens bounds for values; what is not a number is passed over. */
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

/** Counts values; those outside of the bounds count as the nearest within. */
export function count({ least, most, counts }: Histogram, values: Float32Array): void {
  const perBin = most > least ? counts.length / (most - least) : 0;
  const last = counts.length - 1;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i] as number) - least) * perBin);
    const at = Math.min(Math.max(bin, 0), last);
    counts[at] = (counts[at] as number) + 1;
  }
}
