/**
 * Puts the texts that stars stood for in order, so that the n-th here can be paired with the n-th there.
 *
 * A star whose texts differ only in their numbers (`0`, `10`; `c2`, `c5`) is ordered by them: a file may list its
 * tensors alphabetically, `layer10` before `layer2`. Other texts (`early`, `late`) keep the order in which they came:
 * in a model that is the order of its source. The first star weighs most.
 * @param tuples distinct, all of one length, in the order in which they came.
 */
export function orderStars(tuples: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const ranks = (tuples[0] ?? []).map((_, star) => rankTexts(tuples.map((tuple) => tuple[star] as string)));
  const rank = (tuple: readonly string[], star: number) => ranks[star]?.get(tuple[star] as string) ?? 0;
  return [...tuples].sort((a, b) => {
    for (let star = 0; star < a.length; star++) {
      const difference = rank(a, star) - rank(b, star);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function rankTexts(texts: readonly string[]): Map<string, number> {
  const distinct = [...new Set(texts)];
  const skeletons = new Set(distinct.map((text) => text.replace(/\d+/g, '0')));
  if (skeletons.size === 1) distinct.sort(compareNumbers);
  return new Map(distinct.map((text, i) => [text, i]));
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
