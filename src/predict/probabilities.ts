/** A class with its probability. */
export interface Prediction {
  readonly label: string;
  /** The class's number, from 0. */
  readonly index: number;
  readonly probability: number;
}

/** The tolerance of a sum of probabilities around 1, in single and in half precision. */
const slack = 1e-2;

/** The last activation of a network's scores; `none`: they are logits. */
export type LastActivation = 'softmax' | 'sigmoid' | 'none';

/** How logits become probabilities: of classes that exclude each other, or of each class by itself. */
export const scoreKinds = ['softmax', 'sigmoid'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

/**
 * The probabilities of a row of scores. Scores after a softmax or a sigmoid already are probabilities. Logits go through a softmax,
 * a single one through a sigmoid. Where the kind of scores is not known, those that form a distribution, or one number from 0 to 1,
 * count as probabilities. @param last their last activation; undefined where that is not known @param asked what the user states
 * about the classes
 */
export function probabilities(scores: Float32Array, last?: LastActivation, asked?: ScoreKind): Float32Array {
  if (asked !== undefined && last !== asked) return asked === 'softmax' ? softmax(scores) : scores.map(sigmoid);
  if (last === 'softmax' || last === 'sigmoid') return scores;
  const isOne = scores.length === 1;
  if (last === undefined) {
    const sum = scores.reduce((total, score) => total + score, 0);
    const isShare = scores.every((score) => score >= 0 && score <= 1);
    if (isShare && (isOne || Math.abs(sum - 1) < slack)) return scores;
  }
  return isOne ? scores.map(sigmoid) : softmax(scores);
}

function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

function softmax(scores: Float32Array): Float32Array {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** The `count` most likely classes, the most likely first, equal ones in their order. */
export function likeliest(shares: Float32Array, labels: readonly string[], count: number): Prediction[] {
  const order = Array.from(shares.keys()).sort((a, b) => (shares[b] as number) - (shares[a] as number) || a - b);
  return order
    .slice(0, count)
    .map((index) => ({ label: labels[index] ?? String(index), index, probability: shares[index] as number }));
}
