import type { Graph, GraphNode, Shape, ValueRef } from '../../5-graph/graph.ts';
import { addNode } from './add-node.ts';
import { int, ints, text } from './attributes.ts';
import type { OnnxBuilder, OnnxValue } from './builder.ts';

/**
 * What `--tuned ort-x86` changes. ONNX Runtime's layout of blocked channels on x86 (NCHWc) ends at a product that
 * broadcasts: the large tensor is reordered before each excitation gate and after it. A gate that is upsampled to the
 * full size first stays inside. Measured in docs/benchmarks.md: faster for some networks, slower for others, and slower
 * in every other runtime.
 */

/** The most rows of a map whose gate is upsampled: upsampling uses one thread, and beyond this costs what it saves. */
const largestGated = 40;

/** The channels of a block in ONNX Runtime's layout with AVX-512; 8 with AVX2. */
const blockChannels = 16;

/** A gate of one number per channel at the size of the map that it multiplies, or undefined if that does not pay. */
export function upsampledGate(
  b: OnnxBuilder,
  graph: Graph,
  gate: OnnxValue,
  map: Shape,
  name: string,
): string | undefined {
  const [channels = 0, height = 0, width = 0] = map;
  if (channels % blockChannels !== 0 || height > largestGated) return undefined;
  const blocked = leavesLayout(graph, gate.ref) ? identityPool(b, gate, `${name}/blocked`) : gate.name;
  const scales = b.numbers('scales', [1, 1, height, width]);
  const attributes = {
    mode: text('nearest'),
    nearest_mode: text('floor'),
    coordinate_transformation_mode: text('asymmetric'),
  };
  return addNode(b, 'Resize', [blocked, '', scales], `${name}/upsample`, map, attributes);
}

/** Whether the convolution that makes a gate has too odd a number of channels for the blocked layout. */
function leavesLayout(graph: Graph, ref: ValueRef | undefined): boolean {
  const made = ref && (graph.nodes[ref.node] as GraphNode);
  const before = made?.op.kind === 'activation' ? graph.nodes[made.inputs[0]?.node ?? -1] : made;
  if (before?.op.kind !== 'conv') return true;
  const reduced = before.tensors[0]?.shape[1] ?? 0;
  return reduced >= 8 && reduced % 4 !== 0;
}

/** A pool over one pixel changes nothing but brings its input into the blocked layout. */
function identityPool(b: OnnxBuilder, x: OnnxValue, name: string): string {
  const window = { kernel_shape: ints([1, 1]), strides: ints([1, 1]), pads: ints([0, 0, 0, 0]) };
  const attributes = { ...window, dilations: ints([1, 1]), ceil_mode: int(0), storage_order: int(0) };
  return addNode(b, 'MaxPool', [x.name], name, x.shape, attributes);
}
