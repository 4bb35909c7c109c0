import type { GraphNode, TensorSpec } from '../5-graph/graph.ts';
import type { Variable } from '../5-graph/training/program.ts';

/**
 * How TensorFlow orders the axes of a weight, next to our own order (that of PyTorch):
 *
 * - `conv`: `[out, in / groups, kh, kw]` becomes `[kh, kw, in / groups, out]`
 * - `depthwise`: `[in * multiplier, 1, kh, kw]` becomes `[kh, kw, in, multiplier]`
 * - `linear`: `[out, in]` becomes `[in, out]`
 * - `map`: `[C, H, W]` becomes `[H, W, C]`
 * - `vector`: as it is
 */
export type WeightLayout = Variable['layout'];

/** Whether a convolution has separate filters for each input channel, for which TensorFlow has a separate op. */
export function isDepthwise({ op, tensors }: GraphNode): boolean {
  return op.kind === 'conv' && op.groups > 1 && tensors[0]?.shape[1] === 1;
}

/** The layout of a tensor of a node. */
export function weightLayout(node: GraphNode, tensor: TensorSpec): WeightLayout {
  if (tensor.shape.length === 4) return isDepthwise(node) ? 'depthwise' : 'conv';
  return tensor.shape.length === 2 ? 'linear' : tensor.shape.length === 3 ? 'map' : 'vector';
}

/** The shape of a weight in TensorFlow. @param shape ours. @param groups of the convolution, for `depthwise`. */
export function storedShape(layout: WeightLayout, shape: readonly number[], groups = 1): readonly number[] {
  if (layout === 'map') return [...shape.slice(1), shape[0] as number];
  const [out = 1, inner = 1, height = 1, width = 1] = shape;
  if (layout === 'conv') return [height, width, inner, out];
  if (layout === 'depthwise') return [height, width, groups, out / groups];
  return layout === 'linear' ? [inner, out] : shape;
}

/**
 * The values of a weight in TensorFlow's order.
 * @param shape ours.
 * @param values row-major in our order; for `vector` they are returned themselves.
 * @param stored is filled and returned otherwise: a new array by default.
 */
export function toStored(
  layout: WeightLayout,
  shape: readonly number[],
  values: Float32Array,
  stored?: Float32Array,
): Float32Array {
  if (layout === 'vector') return values;
  const out = stored ?? new Float32Array(values.length);
  eachRow(layout, shape, (ours, theirs, count, step) => {
    for (let i = 0; i < count; i++) out[theirs + i * step] = values[ours + i] as number;
  });
  return out;
}

/** The values of a weight in our order: the inverse of `toStored`. @param shape ours. @param values is filled and returned. */
export function fromStored(
  layout: WeightLayout,
  shape: readonly number[],
  stored: Float32Array,
  values: Float32Array = new Float32Array(stored.length),
): Float32Array {
  if (layout === 'vector') return stored;
  eachRow(layout, shape, (ours, theirs, count, step) => {
    for (let i = 0; i < count; i++) values[ours + i] = stored[theirs + i * step] as number;
  });
  return values;
}

/** The block size, in elements, in which both orders are traversed, so that the lines written to stay in the cache. */
const blockElements = 64;

/**
 * Calls with runs of elements that are contiguous in our order: where a run begins in ours and in TensorFlow's, its length, and
 * its stride in TensorFlow's. A depthwise weight has one inner channel. Neither order is traversed end to end, as every element
 * of the other would then be in a different line of memory.
 */
function eachRow(
  layout: Exclude<WeightLayout, 'vector'>,
  shape: readonly number[],
  visit: (ours: number, theirs: number, count: number, step: number) => void,
): void {
  // a map is a kernel of one filter
  const [out = 1, inner = 1, height = 1, width = 1] = layout === 'map' ? [1, ...shape] : shape;
  const pixels = layout === 'linear' ? 1 : height * width;
  const channels = Math.max(1, Math.floor(blockElements / pixels));
  for (let begin = 0; begin < inner; begin += channels) {
    const end = Math.min(begin + channels, inner);
    for (let o = 0; o < out; o++) {
      // a filter's channels, where it has one pixel, or the pixels of each
      if (pixels === 1) visit(o * inner + begin, begin * out + o, end - begin, out);
      else for (let i = begin; i < end; i++) visit((o * inner + i) * pixels, i * out + o, pixels, inner * out);
    }
  }
}
