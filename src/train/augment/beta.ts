import { nextUnit, type RandomState } from '../../weights/random.ts';

/** A number of the distribution Beta(alpha, alpha). */
export function beta(alpha: number, state: RandomState): number {
  const a = logGamma(alpha, state);
  const b = logGamma(alpha, state);
  // a / (a + b) from the logarithms: for small alphas both numbers are often below what a double holds
  return 1 / (1 + Math.exp(b - a));
}

/** The logarithm of a number of Gamma(shape, 1) by Marsaglia & Tsang (2000), with their step for shapes below 1. */
function logGamma(shape: number, state: RandomState): number {
  if (shape < 1) return logGamma(shape + 1, state) + Math.log(nextUnit(state)) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(nextUnit(state))) * Math.cos(2 * Math.PI * nextUnit(state));
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(nextUnit(state)) < 0.5 * x * x + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}
