/** The most names that are looked at, so that a file of many names and many mistakes takes no time. */
const mostCandidates = 1_000;

/** The names most like `name`, best first: at most `limit`, none that is too far to be a slip of the pen. */
export function nearestNames(name: string, candidates: Iterable<string>, limit = 1): string[] {
  // a single letter is a slip for no other
  const bound = name.length < 2 ? 0 : Math.max(1, Math.floor(name.length / 3));
  const wanted = name.slice(0, 64).toLowerCase();
  const scored: { candidate: string; distance: number }[] = [];
  let left = mostCandidates;
  for (const candidate of candidates) {
    if (--left < 0) break;
    if (candidate === name || Math.abs(candidate.length - name.length) > bound + 1) continue;
    const distance = editDistance(wanted, candidate.slice(0, 64).toLowerCase());
    if (distance <= bound) scored.push({ candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, limit).map((s) => s.candidate);
}

/** `; did you mean 'channels'?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const [best] = nearestNames(name, candidates);
  return best === undefined ? '' : `; did you mean '${best}'?`;
}

/** Damerau-Levenshtein with adjacent swaps (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (previous[j] as number) + 1,
        (current[j - 1] as number) + 1,
        (previous[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
