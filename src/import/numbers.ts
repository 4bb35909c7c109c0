/** Numbers in a file, read when needed. */
export interface Numbers {
  readonly shape: readonly number[];
  /** Whether they are floating-point numbers, and so may be weights. */
  readonly isReal: boolean;
  /** For whole numbers, which are sizes and axes. */
  readonly integers?: readonly number[];
  /** All of them, row by row. */
  read(): Float32Array;
}

/** The shortest decimal number that is this one in single precision: 1e-5, where its double is 9.999999747378752e-6. */
export function shortest(single: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}

/** A list of one number. */
export function filled(length: number, value: number): Numbers {
  return { shape: [length], isReal: true, read: () => new Float32Array(length).fill(value) };
}
