/** Images by their class (row) and the predicted one (column), `[K, K]`. */
export type Confusion = Int32Array;

/** How well a class is distinguished from the others. A share is 0 where there is nothing to divide by. */
export interface ClassScore {
  readonly name: string;
  readonly images: number;
  /** The share of its images that are found, and the share of its predictions that are right. */
  readonly recall: number;
  readonly precision: number;
  /** The harmonic mean of both. */
  readonly f1: number;
}

/**
 * Means over the classes, each counting the same however many images it has. Only classes that have images count, as in
 * scikit-learn's `balanced_accuracy_score`, and in `precision_recall_fscore_support` with `average='macro'`,
 * `zero_division=0` and these classes as `labels`.
 */
export interface MacroScores {
  /** How many classes have images. */
  readonly classes: number;
  readonly precision: number;
  /** The balanced accuracy. */
  readonly recall: number;
  readonly f1: number;
}

/** The scores of each class, in the order of the classes. */
export function classScores(confusion: Confusion, classes: readonly string[]): ClassScore[] {
  const k = classes.length;
  return classes.map((name, c) => {
    let [images, taken] = [0, 0];
    for (let other = 0; other < k; other++) {
      images += confusion[c * k + other] as number;
      taken += confusion[other * k + c] as number;
    }
    const right = confusion[c * k + c] as number;
    const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
    return {
      name,
      images,
      recall: share(right, images),
      precision: share(right, taken),
      f1: share(2 * right, images + taken),
    };
  });
}

/** See `MacroScores`. All are 0 where no class has images. */
export function macroScores(scores: readonly ClassScore[]): MacroScores {
  const counted = scores.filter(({ images }) => images > 0);
  const mean = (of: 'precision' | 'recall' | 'f1') =>
    counted.length === 0 ? 0 : counted.reduce((sum, score) => sum + score[of], 0) / counted.length;
  return { classes: counted.length, precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}
