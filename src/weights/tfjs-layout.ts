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

/** Whether a convolution has a filter of its own for each input channel, which TensorFlow has an op of its own for. */
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
 */
export function toStored(layout: WeightLayout, shape: readonly number[], values: Float32Array): Float32Array {
  if (layout === 'vector') return values;
  const stored = new Float32Array(values.length);
  eachPlace(layout, shape, (ours, theirs) => {
    stored[theirs] = values[ours] as number;
  });
  return stored;
}

/** The values of a weight in our order: the inverse of `toStored`. @param shape ours. */
export function fromStored(layout: WeightLayout, shape: readonly number[], stored: Float32Array): Float32Array {
  if (layout === 'vector') return stored;
  const values = new Float32Array(stored.length);
  eachPlace(layout, shape, (ours, theirs) => {
    values[ours] = stored[theirs] as number;
  });
  return values;
}

/** Calls with the index of each element in our order and in TensorFlow's; a depthwise weight has one inner channel. */
function eachPlace(
  layout: Exclude<WeightLayout, 'vector'>,
  shape: readonly number[],
  visit: (ours: number, theirs: number) => void,
): void {
  // a map is a kernel of one filter
  const [out = 1, inner = 1, height = 1, width = 1] = layout === 'map' ? [1, ...shape] : shape;
  const pixels = layout === 'linear' ? 1 : height * width;
  let ours = 0;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inner; i++) {
      for (let pixel = 0; pixel < pixels; pixel++) visit(ours++, (pixel * inner + i) * out + o);
    }
  }
}
