/** One axis of a view: how many elements, how far apart in the source, how far apart in the result. */
interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/** How many elements are read at a time. */
const chunk = 1 << 20;

/** How many elements of its source a view spans, from its first to past its last; 0 if it has none. */
export function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((sum, size, i) => sum + (size - 1) * (strides[i] as number), 1);
}

/** Whether the elements of a view are contiguous in its source, in row-major order. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return false;
    expected *= shape[i] as number;
  }
  return true;
}

/**
 * Copies a view into row-major order, holding only a piece of its source at a time.
 * @param read fills an array with the source's elements from an index on.
 * @param offset the view's first element in the source.
 * @param out as long as the view.
 */
export function gather(
  read: (at: number, out: Float32Array) => void,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  out: Float32Array,
): void {
  if (shape.includes(0)) return;
  let to = 1;
  const axes: Axis[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    if (size > 1) axes.push({ size, from: strides[i] as number, to });
    to *= size;
  }
  // the axis with the longest steps through the source is the outermost
  axes.sort((a, b) => b.from - a.from);
  let buffer = new Float32Array(0);
  visit(0, offset, 0);

  function visit(depth: number, at: number, target: number): void {
    const inner = axes.slice(depth);
    const span = inner.reduce((sum, { size, from }) => sum + (size - 1) * from, 1);
    const [outer] = inner;
    if (outer && span > chunk) {
      for (let i = 0; i < outer.size; i++) visit(depth + 1, at + i * outer.from, target + i * outer.to);
      return;
    }
    if (buffer.length < span) buffer = new Float32Array(span);
    const piece = buffer.subarray(0, span);
    read(at, piece);
    scatter(inner, piece, out, target);
  }
}

/** Copies the elements of a view of `piece`, which begins with its first, to their places in `out`. */
function scatter(axes: readonly Axis[], piece: Float32Array, out: Float32Array, target: number): void {
  const innermost = axes.at(-1) ?? { size: 1, from: 0, to: 0 };
  const outer = axes.slice(0, -1);
  const index = outer.map(() => 0);
  for (let from = 0, to = target; ; ) {
    for (let i = 0; i < innermost.size; i++) {
      out[to + i * innermost.to] = piece[from + i * innermost.from] as number;
    }
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      const { size, from: step, to: place } = outer[axis] as Axis;
      from += step;
      to += place;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < size) break;
      from -= step * size;
      to -= place * size;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
