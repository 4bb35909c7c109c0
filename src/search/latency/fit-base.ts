/** A measured network, with a prediction of its latency. */
export interface Explained {
  readonly predicted: number;
  /** Milliseconds, above 0. */
  readonly measured: number;
}

/**
 * The line `base + scale * predicted` with the least squares of relative errors. Networks that are all alike give only a scale.
 * @param networks at least one
 */
export function fitBase(networks: readonly Explained[]): { readonly base: number; readonly scale: number } {
  let [s00, s01, s11, t0, t1] = [0, 0, 0, 0, 0];
  for (const { predicted, measured } of networks) {
    const weight = 1 / measured ** 2;
    s00 += weight;
    s01 += weight * predicted;
    s11 += weight * predicted ** 2;
    t0 += weight * measured;
    t1 += weight * predicted * measured;
  }
  const determinant = s00 * s11 - s01 ** 2;
  const scale = (s00 * t1 - s01 * t0) / determinant;
  const base = (t0 - scale * s01) / s00;
  // a spread below a thousandth does not determine a line
  const isLine = determinant > 1e-6 * s00 * s11 && scale > 0 && base >= 0;
  return isLine ? { base, scale } : { base: 0, scale: t1 / s11 };
}
