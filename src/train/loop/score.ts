/** The class with the largest logit of a row; the first of equals. */
export function predictedClass(logits: Float32Array, row: number, classes: number): number {
  const start = row * classes;
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if ((logits[start + k] as number) > (logits[start + best] as number)) best = k;
  }
  return best;
}

/** How many classes have a larger logit than `label`'s, or an equal one and come before it: 0 where it is predicted. */
export function rankOf(logits: Float32Array, row: number, classes: number, label: number): number {
  const start = row * classes;
  const own = logits[start + label] as number;
  let rank = 0;
  for (let k = 0; k < classes; k++) {
    const other = logits[start + k] as number;
    if (other > own || (other === own && k < label)) rank++;
  }
  return rank;
}

/** The softmax of a row at one class. */
export function probabilityOf(logits: Float32Array, row: number, classes: number, label: number): number {
  const values = logits.subarray(row * classes, (row + 1) * classes);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = values.reduce((total, value) => total + Math.exp(value - most), 0);
  return Math.exp((values[label] as number) - most) / sum;
}
