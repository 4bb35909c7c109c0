/**
 * The x with the least |A x - b|^2 + penalty |x|^2, by the dual: as many equations as there are rows.
 * @param rows of A, few. @param penalty above 0
 */
export function solveRidge(rows: readonly (readonly number[])[], b: readonly number[], penalty: number): number[] {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, v, i) => sum + v * (y[i] as number), 0);
  // (A A' + penalty I) z = b, then x = A' z
  const system = rows.map((row, i) => rows.map((other, k) => dot(row, other) + (i === k ? penalty : 0)));
  const z = solve(system, b);
  return (rows[0] ?? []).map((_, column) =>
    rows.reduce((sum, row, i) => sum + (row[column] as number) * (z[i] as number), 0),
  );
}

/** Gaussian elimination with pivots, for a matrix that is positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(rows[i]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const current = rows[column] as number[];
    for (let i = column + 1; i < n; i++) {
      const row = rows[i] as number[];
      const factor = (row[column] as number) / (current[column] as number);
      for (let k = column; k <= n; k++) row[k] = (row[k] as number) - factor * (current[k] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i] as number[];
    let sum = row[n] as number;
    for (let k = i + 1; k < n; k++) sum -= (row[k] as number) * (x[k] as number);
    x[i] = sum / (row[i] as number);
  }
  return x;
}
