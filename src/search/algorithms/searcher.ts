/** A product of independent parts; a candidate is one alternative of each. */
export interface Parts {
  /** How many alternatives each part has, one or more. */
  readonly sizes: readonly number[];
}

/** The number of an alternative for each part. */
export type Selection = readonly number[];

/**
 * A search algorithm: it proposes candidates and learns from what they score. Its only source of chance is its seed, so that the
 * same scores in the same order give the same proposals. Several proposals may be open at a time.
 */
export interface Searcher {
  propose(): Selection;
  /** @param scores one for each objective, more is better; most algorithms read the first alone */
  learn(candidate: Selection, scores: readonly number[]): void;
}

/** A candidate with what it scored. */
export interface Scored {
  readonly candidate: Selection;
  readonly scores: readonly number[];
}

/** Lets a searcher propose a number of candidates, one after the other, and scores each. */
export function runSearch(
  searcher: Searcher,
  score: (candidate: Selection) => readonly number[],
  evaluations: number,
): Scored[] {
  return Array.from({ length: evaluations }, () => {
    const candidate = searcher.propose();
    const scores = score(candidate);
    searcher.learn(candidate, scores);
    return { candidate, scores };
  });
}
