import type { Graph, GraphNode, Shape, ValueRef } from '../../5-graph/graph.ts';
import { ints, text } from './attributes.ts';
import type { Builder } from './builder.ts';

/**
 * Forms that ONNX Runtime runs faster on x86 than the plain ones, with the same result; `--portable` leaves them out.
 * Its layout of blocked channels (NCHWc) ends at a product that broadcasts: the large tensor is reordered before each
 * excitation gate and after it. A gate that is upsampled to the full size first stays inside. Measured against PyTorch's
 * export in docs/benchmarks.md; on a build without that layout (Arm) the plain forms are the faster ones.
 */

/** A mean over more rows than this is taken in two steps. */
const longColumn = 20;

/** A gate is upsampled for maps of up to so many rows: the upsampling has one thread, and beyond costs what it saves. */
const largestGated = 40;

/** The channels of a block in ONNX Runtime's layout with AVX-512; 8 with AVX2. */
const blockChannels = 16;

/**
 * The mean over height and width. Over a large map in two steps, columns first: one running sum of 12,544 numbers in
 * single precision loses three digits, and is slower.
 */
export function globalMean(b: Builder, x: string, [channels = 0, height = 0, width = 0]: Shape, name: string): string {
  if (!isTuned(b) || height <= longColumn) {
    return one(b, 'GlobalAveragePool', [x], name, [channels, 1, 1]);
  }
  const attributes = { kernel_shape: ints([height, 1]), strides: ints([1, 1]), pads: ints([0, 0, 0, 0]) };
  const columns = one(b, 'AveragePool', [x], `${name}/columns`, [channels, 1, width], attributes);
  return one(b, 'GlobalAveragePool', [columns], name, [channels, 1, 1]);
}

/** The product of a tensor and a gate of one number a channel, the gate upsampled to the tensor's size where that pays. */
export function gatedProduct(
  b: Builder,
  graph: Graph,
  x: { readonly value: string; readonly shape: Shape },
  gate: { readonly value: string; readonly ref: ValueRef },
  name: string,
): string {
  const [channels = 0, height = 0, width = 0] = x.shape;
  if (!isTuned(b) || channels % blockChannels !== 0 || height > largestGated)
    return one(b, 'Mul', [x.value, gate.value], name, x.shape);
  const blocked = leavesLayout(graph, gate.ref) ? identityPool(b, gate.value, channels, `${name}/gate`) : gate.value;
  const scales = b.numbers('scales', [1, 1, height, width]);
  const attributes = {
    mode: text('nearest'),
    nearest_mode: text('floor'),
    coordinate_transformation_mode: text('asymmetric'),
  };
  const full = one(b, 'Resize', [blocked, '', scales], `${name}/upsample`, x.shape, attributes);
  return one(b, 'Mul', [x.value, full], name, x.shape);
}

/** Half precision is for other hardware, which wants the plain forms. */
function isTuned(b: Builder): boolean {
  return !b.options.portable && !b.options.half;
}

/** Whether the convolution that makes a gate has too odd a number of channels for the blocked layout. */
function leavesLayout(graph: Graph, ref: ValueRef): boolean {
  const made = graph.nodes[ref.node] as GraphNode;
  const before = made.op.kind === 'activation' ? graph.nodes[made.inputs[0]?.node ?? -1] : made;
  if (before?.op.kind !== 'conv') return true;
  const reduced = before.tensors[0]?.shape[1] ?? 0;
  return reduced >= 8 && reduced % 4 !== 0;
}

/** A pool over one pixel changes nothing but brings its input into the blocked layout. */
function identityPool(b: Builder, x: string, channels: number, name: string): string {
  return one(b, 'MaxPool', [x], name, [channels, 1, 1], { kernel_shape: ints([1, 1]) });
}

function one(b: Builder, type: string, inputs: readonly string[], name: string, shape: Shape, attributes = {}): string {
  return b.node({ type, inputs, name, shapes: [shape], attributes })[0] as string;
}
