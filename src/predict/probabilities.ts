/** A class that a picture may be of. */
export interface Prediction {
  readonly label: string;
  /** The class's number, from 0. */
  readonly index: number;
  readonly probability: number;
}

/** How far the sum of probabilities may be from 1, in single and in half precision. */
const slack = 1e-2;

/**
 * The probabilities of a row of scores: its softmax, or the row itself where it is a distribution, since a network may end with a softmax.
 * Logits that happen to be one would be between 0 and 1 and sum to 1.
 */
export function probabilities(scores: Float32Array): Float32Array {
  const sum = scores.reduce((total, score) => total + score, 0);
  if (Math.abs(sum - 1) < slack && scores.every((score) => score >= 0 && score <= 1)) return scores;
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** The `count` likeliest classes, the likeliest first, the first of equals before the others. */
export function likeliest(shares: Float32Array, labels: readonly string[], count: number): Prediction[] {
  const order = Array.from(shares.keys()).sort((a, b) => (shares[b] as number) - (shares[a] as number) || a - b);
  return order
    .slice(0, count)
    .map((index) => ({ label: labels[index] ?? String(index), index, probability: shares[index] as number }));
}
