/** A tensor in double precision, in its logical order: `[N, C, H, W]`, `[N, C]`, or without batch as the op set says. */
export interface Doubles {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function zeros(shape: readonly number[]): Doubles {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

export function fromList(shape: readonly number[], data: ArrayLike<number>): Doubles {
  return { shape, data: Float64Array.from(data) };
}

/** The same shape, each number by a function. */
export function mapped(x: Doubles, fn: (value: number, index: number) => number): Doubles {
  return { shape: x.shape, data: x.data.map(fn) };
}

/** A map's height and width, 1 and 1 of a vector. */
export function dimsOf({ shape }: Doubles): { n: number; c: number; h: number; w: number } {
  const [n = 1, c = 1, h = 1, w = 1] = shape;
  return { n, c, h, w };
}

/** `[N, H, W, C]` as `[N, C, H, W]`; anything else stays. */
export function fromChannelsLast(shape: readonly number[], data: ArrayLike<number>): Doubles {
  if (shape.length !== 4) return fromList(shape, data);
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  const result = zeros([n, c, h, w]);
  let at = 0;
  for (let b = 0; b < n; b++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let k = 0; k < c; k++) result.data[((b * c + k) * h + i) * w + j] = data[at++] as number;
  return result;
}

/** `[N, C, H, W]` as `[N, H, W, C]` in single precision; anything else keeps its order. */
export function toChannelsLast(x: Doubles): { shape: number[]; data: Float32Array } {
  if (x.shape.length !== 4) return { shape: [...x.shape], data: Float32Array.from(x.data) };
  const { n, c, h, w } = dimsOf(x);
  const data = new Float32Array(x.data.length);
  let at = 0;
  for (let b = 0; b < n; b++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let k = 0; k < c; k++) data[at++] = x.data[((b * c + k) * h + i) * w + j] as number;
  return { shape: [n, h, w, c], data };
}
