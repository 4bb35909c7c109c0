import { lowerFactor, solveBy, withRidge } from './factor.ts';
import type { Moments } from './moments.ts';

/** From the strongest, with which filters hardly change, to the weakest. */
const dampings = [10, 1, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4];

/** The damping without pictures to choose it by. */
export const plainDamping = 0.1;

/** The number added to the diagonal of the moments: a share of its mean. */
export function ridgeOf({ inputs, inputMeans: { length: n } }: Moments, damping: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += inputs[i * n + i] as number;
  return Math.max((damping * trace) / n, 1e-12);
}

/**
 * The damping of a fit, against overfitting. Dampings are tried from the strongest on, as long as real filters fitted to some pictures
 * improve on others.
 * @param own `[filters, n]` the filters before the fit, to which a damped fit stays close
 */
export function chooseDamping(own: Float32Array, fitted: Moments, others: Moments): number {
  let [best, least] = [plainDamping, Number.POSITIVE_INFINITY];
  for (const damping of dampings) {
    const error = errorOn(others, fitted, own, ridgeOf(fitted, damping));
    if (!(error < least)) break;
    [best, least] = [damping, error];
  }
  return best;
}

/** How many of a layer's filters decide for all of them. */
const mostFilters = 64;

function errorOn(others: Moments, fitted: Moments, own: Float32Array, ridge: number): number {
  const n = fitted.inputMeans.length;
  const factor = lowerFactor(withRidge(fitted.inputs, n, ridge), n);
  let total = 0;
  const filters = fitted.outputMeans.length;
  for (let f = 0; f < filters; f += Math.ceil(filters / mostFilters)) {
    const at = f * n;
    const filter = solveBy(
      factor,
      Float64Array.from({ length: n }, (_, j) => (fitted.cross[at + j] as number) + ridge * (own[at + j] as number)),
    );
    // the squared error without its constant part, and the square of the mean error
    let error = 0;
    let mean = (others.outputMeans[f] as number) - (fitted.outputMeans[f] as number);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0, row = i * n; j < n; j++) sum += (others.inputs[row + j] as number) * (filter[j] as number);
      error += (filter[i] as number) * (sum - 2 * (others.cross[at + i] as number));
      mean -= (filter[i] as number) * ((others.inputMeans[i] as number) - (fitted.inputMeans[i] as number));
    }
    total += error + mean * mean;
  }
  return total;
}
