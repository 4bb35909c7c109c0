/** Choices that depend on the seed alone (mulberry32, T. Ettinger 2017). */
export function randomChoices(seed: number) {
  let state = seed >>> 0;
  const real = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = (least: number, most: number) => least + Math.floor(real() * (most - least + 1));
  const of = <T>(list: readonly T[]): T => list[from(0, list.length - 1)] as T;
  return {
    /** A whole number, both ends included. */
    from,
    of,
    chance: (share: number) => real() < share,
    several: <T>(list: readonly T[], count: number): T[] =>
      list.length === 0 ? [] : Array.from({ length: count }, () => of(list)),
  };
}
