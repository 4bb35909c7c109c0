/** A network on a line, as far as the search for the largest needs to know it. */
export interface LineCandidate {
  /** `none`: there is no network, because the point does not build or has fewer pixels than its stride. */
  readonly state: 'fits' | 'over' | 'none';
  /** Equal where two networks have the same layers. */
  readonly signature: string;
}

export interface Largest<C extends LineCandidate> {
  /** The largest that fits, at the shortest decimal that gives it. */
  readonly best: { readonly t: number; readonly network: C };
  /** The next larger network of the line, which does not fit; absent where the line ends. */
  readonly next?: { readonly t: number; readonly network: C };
}

/** How far a line is followed: EfficientNet's formula has 10^19 times the computation at 64. */
const end = 64;
/** Networks closer than this count as neighbours. */
const resolution = 1e-6;
/** Distances that are tried above the first network that does not fit, in case a cost falls again. */
const beyond = [0.003, 0.01, 0.03, 0.1, 0.3, 1];

/**
 * The largest network of a line that fits, where t grows with the network. Costs that grow with t make the answer exact: the
 * network at `best` fits and its neighbour `next` does not. Where a cost is found to fall again above `next`, the search goes on from there. @param from where the search begins
 * @returns undefined if no network fits
 */
export function largestFitting<C extends LineCandidate>(networkAt: (t: number) => C, from = 0): Largest<C> | undefined {
  const known = new Map<number, C>();
  const at = (t: number): C => {
    const network = known.get(t) ?? networkAt(t);
    known.set(t, network);
    return network;
  };
  if (isWholeOnly(at, from)) return largestWhole(at);
  let low = firstFitting(at, from);
  while (low !== undefined) {
    const bracket = firstOver(at, low);
    if (bracket.over === undefined) return { best: shortest(at, bracket.fits, Math.ceil) };
    const [fits, over] = bisect(bracket.fits, bracket.over, (t) => at(t).state === 'fits');
    low = beyond.map((step) => over + step).find((t) => t < end && at(t).state === 'fits');
    if (low === undefined) return { best: shortest(at, fits, Math.floor), next: shortest(at, over, Math.ceil) };
  }
  return undefined;
}

/** Whether there are networks only at whole numbers, as for EfficientDet, whose formula uses tables. */
function isWholeOnly<C extends LineCandidate>(at: (t: number) => C, from: number): boolean {
  const exists = (t: number) => at(t).state !== 'none';
  return from === 0 && !exists(0.5) && exists(0) && (exists(1) || exists(-1));
}

function largestWhole<C extends LineCandidate>(at: (t: number) => C): Largest<C> | undefined {
  let t = 0;
  while (t > -end && at(t).state === 'over') t--;
  while (t < end && at(t + 1).state === 'fits') t++;
  if (at(t).state !== 'fits') return undefined;
  const larger = at(t + 1);
  const next = larger.state === 'over' ? { next: { t: t + 1, network: larger } } : {};
  return { best: { t, network: at(t) }, ...next };
}

/** A t whose network fits, the start or one below. */
function firstFitting<C extends LineCandidate>(at: (t: number) => C, from: number): number | undefined {
  if (at(from).state === 'fits') return from;
  for (let [over, step] = [from, 1]; step <= end; step *= 2) {
    const t = from - step;
    const { state, signature } = at(t);
    if (state === 'fits') return t;
    // the line ends in between: only there can a network fit
    if (state === 'none') return lastNetwork(at, t, over);
    if (signature === at(over).signature) return undefined;
    over = t;
  }
  return undefined;
}

function lastNetwork<C extends LineCandidate>(at: (t: number) => C, none: number, over: number): number | undefined {
  const [, below] = bisect(over, none, (t) => at(t).state === 'over');
  return at(below).state === 'fits' ? below : undefined;
}

/**
 * The last t tried whose network fits, and a larger one whose network does not, unless the line ends or no longer grows
 * before that.
 */
function firstOver<C extends LineCandidate>(at: (t: number) => C, low: number): { fits: number; over?: number } {
  let fits = low;
  for (let [step, same] = [0.5, 0]; low + step <= end && same < 3; step *= 2) {
    const t = low + step;
    if (at(t).state !== 'fits') return { fits, over: t };
    same = at(t).signature === at(fits).signature ? same + 1 : 0;
    fits = t;
  }
  return { fits };
}

/** Bisects an interval whose first end holds and whose second does not, down to neighbours. */
function bisect(holds: number, fails: number, test: (t: number) => boolean): readonly [holds: number, fails: number] {
  let [low, high] = [holds, fails];
  while (Math.abs(high - low) > resolution) {
    const middle = (low + high) / 2;
    if (test(middle)) low = middle;
    else high = middle;
  }
  return [low, high];
}

/**
 * The decimal with the fewest digits that gives the network at t and whose network is in the same state.
 * @param round towards the network: down for the last that fits, up for the first that does not
 */
function shortest<C extends LineCandidate>(
  at: (t: number) => C,
  t: number,
  round: (x: number) => number,
): { t: number; network: C } {
  const found = at(t);
  for (let digits = 0; digits < 9; digits++) {
    // t may be the end of an interval that the bisection just missed
    for (const near of round === Math.floor ? [t + resolution, t] : [t]) {
      const short = round(near * 10 ** digits) / 10 ** digits + 0;
      const network = at(short);
      if (network.signature === found.signature && network.state === found.state) return { t: short, network };
    }
  }
  return { t, network: found };
}
