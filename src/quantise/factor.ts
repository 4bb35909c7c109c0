/** The lower factor L of a symmetric positive matrix: L L^T. */
export function lowerFactor(matrix: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number;
      for (let k = 0, a = i * n, b = j * n; k < j; k++) sum -= (l[a + k] as number) * (l[b + k] as number);
      l[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-30)) : sum / (l[j * n + j] as number);
    }
  }
  return l;
}

/** The inverse of a symmetric positive matrix. */
export function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const l = lowerFactor(matrix, n);
  // L^-1, row by row of its transpose
  const inverted = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    inverted[j * n + j] = 1 / (l[j * n + j] as number);
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j, a = i * n, b = j * n; k < i; k++) sum -= (l[a + k] as number) * (inverted[b + k] as number);
      inverted[j * n + i] = sum / (l[i * n + i] as number);
    }
  }
  // rows of `inverted` are columns of L^-1: the inverse is the product of L^-T and L^-1
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i, a = i * n, b = j * n; k < n; k++)
        sum += (inverted[a + k] as number) * (inverted[b + k] as number);
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
  return out;
}

/** The upper factor U of a symmetric positive matrix: U^T U. */
export function upperFactor(matrix: Float64Array, n: number): Float64Array {
  const l = lowerFactor(matrix, n);
  const u = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) u[j * n + i] = l[i * n + j] as number;
  return u;
}

/** The solution of `L L^T x = b`, in place of b. */
export function solveBy(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number;
    for (let j = 0, at = i * n; j < i; j++) sum -= (l[at + j] as number) * (b[j] as number);
    b[i] = sum / (l[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    const x = (b[i] as number) / (l[i * n + i] as number);
    b[i] = x;
    for (let j = 0, at = i * n; j < i; j++) b[j] = (b[j] as number) - (l[at + j] as number) * x;
  }
  return b;
}

/** A matrix with a number added to its diagonal. */
export function withRidge(matrix: Float64Array, n: number, ridge: number): Float64Array {
  const out = matrix.slice();
  for (let i = 0; i < n; i++) out[i * n + i] = (out[i * n + i] as number) + ridge;
  return out;
}
