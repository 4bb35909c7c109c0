import { elements, type Graph, type TensorSpec, type ValueRef } from '../../5-graph/graph.ts';
import type { ActivationName } from '../../ops/activations.ts';
import type { Pair } from '../../ops/pair.ts';
import { dilationOf, isDense, noPads, type Pads, type Window } from '../../ops/window.ts';
import { optionFields } from '../../weights/readers/tflite/schema.ts';
import { isDepthwise } from '../../weights/tfjs-layout.ts';
import { countCorrection, windowForm } from '../window-form.ts';
import { first, label, lastChannels, mapSize, outputShape, type WithOp } from '../written-node.ts';
import {
  add,
  arithmetic,
  biasOf,
  fusedField,
  type LiteNode,
  ownTensor,
  paddingField,
  reshape,
  turnedWeight,
} from './add.ts';
import type { FusedActivation } from './builder.ts';
import { type FlatTable, int32 } from './flat-tables.ts';

/** A convolution with its bias. Groups have been one operator since version 6 of it. */
export function writeConv(c: WithOp<LiteNode, 'conv'>): string {
  const { window, groups, filters } = c.op;
  const { padding, ...steps } = windowForm(window, ...mapSize(c));
  const input = applySteps(c, steps, 0);
  const [down, across] = dilationOf(window);
  const weight = ownTensor(c, 'weight');
  const bias = biasOf(c, filters);
  const shape = lastChannels(outputShape(c));
  const [high, wide] = window.kernel;
  if (isDepthwise(c.node)) {
    const of = optionFields.depthwise;
    const options: FlatTable = [
      paddingField(of.padding, padding),
      ...strides(of, window),
      [of.multiplier, int32(filters / groups)],
      fusedField(of.activation, c.fused),
      [of.dilationW, int32(across)],
      [of.dilationH, int32(down)],
    ];
    const kernel = turnedWeight(c, weight, [1, high, wide, filters], 1, filters, 3);
    return add(c, 'depthwise', [input, kernel, bias], c.node.path, shape, options, isDense(window) ? 1 : 2);
  }
  const options = convOptions(padding, window, c.fused, [down, across]);
  const inner = weight.shape[1] as number;
  const kernel = turnedWeight(c, weight, [filters, high, wide, inner], filters, inner);
  return add(c, 'conv', [input, kernel, bias], c.node.path, shape, options, groups > 1 ? 6 : 1);
}

/** Options of a convolution. */
export function convOptions(
  padding: 'same' | 'valid',
  window: Pick<Window, 'stride'>,
  fused: FusedActivation,
  [down, across]: Pair = [1, 1],
): FlatTable {
  const of = optionFields.conv;
  return [
    paddingField(of.padding, padding),
    ...strides(of, window),
    fusedField(of.activation, fused),
    [of.dilationW, int32(across)],
    [of.dilationH, int32(down)],
  ];
}

/** A convolution along the channels, which are last: pixels as rows of an image of one channel. */
export function writeChannelConv(c: WithOp<LiteNode, 'channelConv'>): string {
  const shape = outputShape(c);
  const [channels = 1, ...space] = shape;
  const { path } = c.node;
  const weight: TensorSpec = ownTensor(c, 'weight');
  const kernel = turnedWeight(c, weight, [1, 1, c.op.kernel, 1], 1, 1);
  const rows = [elements(space), channels, 1];
  const options = convOptions('same', { stride: [1, 1] }, 'none');
  const x = reshape(c, first(c), `${path}/rows`, rows);
  const y = add(c, 'conv', [x, kernel, biasOf(c, 1)], `${path}/conv`, rows, options);
  return reshape(c, y, path, lastChannels(shape));
}

/** The least number of single precision, which is never the greatest. */
const lowest = -3.4028234663852886e38;

/** A max pool; padding is never the maximum. Where nothing is below 0, zeros are enough: a plain PAD, which delegates support. */
export function writeMaxPool(c: WithOp<LiteNode, 'maxPool'>): string {
  const { window } = c.op;
  const { padding, ...steps } = windowForm(window, ...mapSize(c));
  const value = isNonNegative(c.graph, c.node.inputs[0] as ValueRef) ? 0 : lowest;
  return pool(c, 'maxPool', applySteps(c, steps, value), window, padding, c.fused, label(c, 'pool'));
}

/** An average pool, whose padding counts or does not. TensorFlow's own rule `same` does not count it. */
export function writeAvgPool(c: WithOp<LiteNode, 'avgPool'>): string {
  const { window, countPad } = c.op;
  const { padding, ...steps } = windowForm(window, ...mapSize(c));
  const name = label(c, 'pool');
  if (padding === 'same' && countPad) {
    return pool(c, 'averagePool', applySteps(c, { pad: window.pads }, 0), window, 'valid', c.fused, name);
  }
  const input = applySteps(c, steps, 0);
  if (countPad || !steps.pad) return pool(c, 'averagePool', input, window, padding, c.fused, name);
  // The mean with zeros counted, corrected for what each window sees of the padding.
  const mean = pool(c, 'averagePool', input, window, padding, 'none', name);
  const { shape, values } = countCorrection(window, ...mapSize(c));
  const factors = c.b.numbers(`${name}/factors`, shape, values);
  return add(c, 'mul', [mean, factors], `${name}/counted`, lastChannels(outputShape(c)), arithmetic(c.fused));
}

function pool(
  c: LiteNode,
  operator: 'maxPool' | 'averagePool',
  input: string,
  window: Window,
  padding: 'same' | 'valid',
  fused: FusedActivation,
  name: string,
): string {
  const of = optionFields.pool;
  const options: FlatTable = [
    paddingField(of.padding, padding),
    ...strides(of, window),
    [of.width, int32(window.kernel[1])],
    [of.height, int32(window.kernel[0])],
    fusedField(of.activation, fused),
  ];
  return add(c, operator, [input], name, lastChannels(outputShape(c)), options);
}

/** Crops and pads the first input. */
export function applySteps(
  c: LiteNode,
  { crop = noPads, pad }: { readonly crop?: Pads; readonly pad?: Pads },
  value: number,
): string {
  const [channels = 1] = c.inputShapes[0] ?? [];
  const [height, width] = mapSize(c);
  const [high, wide] = [height - crop.top - crop.bottom, width - crop.left - crop.right];
  const x = crop === noPads ? first(c) : slice(c, first(c), label(c, 'crop'), crop, [high, wide, channels]);
  return pad ? padded(c, x, label(c, 'pad'), pad, [high, wide, channels], value) : x;
}

/** Crops a map. @param shape of it */
export function slice(c: LiteNode, x: string, name: string, { top, left }: Pads, shape: readonly number[]): string {
  const begin = c.b.integers([0, top, left, 0]);
  return add(c, 'slice', [x, begin, c.b.integers([-1, ...shape])], name, shape);
}

/** Pads a map with a number. @param shape before. */
export function padded(
  c: LiteNode,
  x: string,
  name: string,
  { top, left, bottom, right }: Pads,
  [high = 1, wide = 1, channels = 1]: readonly number[],
  value: number,
): string {
  const paddings = c.b.integers([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
  const shape = [high + top + bottom, wide + left + right, channels];
  if (value === 0) return add(c, 'pad', [x, paddings], name, shape);
  return add(c, 'padV2', [x, paddings, c.b.number(value)], name, shape);
}

export function strides(
  of: { readonly strideW: number; readonly strideH: number },
  { stride: [down, across] }: Pick<Window, 'stride'>,
): FlatTable {
  return [
    [of.strideW, int32(across)],
    [of.strideH, int32(down)],
  ];
}

const nonNegative: ReadonlySet<ActivationName> = new Set(['relu', 'relu6', 'sigmoid', 'hardsigmoid', 'softmax']);

function isNonNegative(graph: Graph, { node }: ValueRef): boolean {
  const op = graph.nodes[node]?.op;
  return op?.kind === 'activation' && nonNegative.has(op.fn);
}
