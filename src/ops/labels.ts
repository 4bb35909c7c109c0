import { type Pair, pairOf } from './pair.ts';

/** `3×3`, `1×7`. */
export function kernelLabel([high, wide]: Pair | readonly [string, string]): string {
  return `${high}×${wide}`;
}

/** The label of a kernel as written: `3×3` of 3. */
export function writtenKernelLabel(kernel: number | Pair): string {
  return kernelLabel(pairOf(kernel));
}

/** A pair as the language writes it: a number where the two are equal, else `[high, wide]`. */
export function asWritten(pair: Pair): number | Pair {
  const [high, wide] = pair;
  return high === wide ? high : pair;
}
