/** Whole numbers below a bound, the same for a seed every time (the minimal standard generator of Park and Miller). */
export function numbersFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
}
