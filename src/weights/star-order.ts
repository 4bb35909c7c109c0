/**
 * Pairs what the stars of one side matched with what those of the other did: the n-th here with the n-th there.
 *
 * A star whose texts are the same on both sides is ordered by them, so that it pairs by name. Otherwise a star whose texts
 * differ only in their numbers (`0`, `10`; `c2`, `c5`) is ordered by these: a file may list its tensors alphabetically,
 * `layer10` before `layer2`. Other texts (`early`, `late`) keep the order in which they came: in a model that is the order
 * of its source. The first star weighs most.
 * @param here distinct, all of one length, in the order in which they came; `there` likewise.
 * @returns for the texts of one side's stars, joined by dots, those of the other.
 */
export function pairStars(
  here: readonly (readonly string[])[],
  there: readonly (readonly string[])[],
): ReadonlyMap<string, readonly string[]> {
  const ours = distinctTexts(here);
  const theirs = distinctTexts(there);
  const shared = ours.map((texts, star) => sameTexts(texts, theirs[star] ?? []));
  const right = ordered(
    there,
    theirs.map((texts, star) => rankTexts(shared[star] ? (ours[star] ?? []) : texts)),
  );
  const pairs = new Map<string, readonly string[]>();
  for (const [n, stars] of ordered(here, ours.map(rankTexts)).entries()) {
    const counterpart = right[n];
    if (counterpart) pairs.set(stars.join('.'), counterpart);
  }
  return pairs;
}

/** Per star, the texts that it matched. */
function distinctTexts(tuples: readonly (readonly string[])[]): string[][] {
  return (tuples[0] ?? []).map((_, star) => [...new Set(tuples.map((tuple) => tuple[star] as string))]);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

function ordered(
  tuples: readonly (readonly string[])[],
  ranks: readonly ReadonlyMap<string, number>[],
): readonly (readonly string[])[] {
  const rank = (tuple: readonly string[], star: number) => ranks[star]?.get(tuple[star] as string) ?? 0;
  return [...tuples].sort((a, b) => {
    for (let star = 0; star < a.length; star++) {
      const difference = rank(a, star) - rank(b, star);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function rankTexts(distinct: readonly string[]): ReadonlyMap<string, number> {
  const skeletons = new Set(distinct.map((text) => text.replace(/\d+/g, '0')));
  const inOrder = skeletons.size === 1 ? [...distinct].sort(compareNumbers) : distinct;
  return new Map(inOrder.map((text, i) => [text, i]));
}

function compareNumbers(a: string, b: string): number {
  const left = a.match(/\d+/g) ?? [];
  const right = b.match(/\d+/g) ?? [];
  for (const [i, number] of left.entries()) {
    const difference = Number(number) - Number(right[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}
