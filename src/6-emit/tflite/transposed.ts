import type { TensorSpec } from '../../5-graph/graph.ts';
import { both } from '../../ops/pair.ts';
import { dilationOf, extentOf, namedPadding, padSteps, type Window } from '../../ops/window.ts';
import { optionFields, writtenTypes } from '../../weights/readers/tflite/schema.ts';
import { first, lastChannels, mapSize, outputShape, type WithOp } from '../written-node.ts';
import { add, arithmetic, type LiteNode, ownTensor, paddingField, plainWeight } from './add.ts';
import { type FlatTable, int8, int32 } from './flat-tables.ts';
import { padded, slice, strides } from './windows.ts';

/** A transposed convolution. Groups are split, and dilated kernels are expanded with zeros: the operator supports neither. */
export function writeConvTranspose(c: WithOp<LiteNode, 'convTranspose'>): string {
  const { filters, groups, window } = c.op;
  const { path } = c.node;
  const [channels = 1] = c.inputShapes[0] ?? [];
  const [high, wide] = extentOf(window);
  const [, height = 1, width = 1] = outputShape(c);
  const isSame = namedPadding(window, height, width) === 'same';
  const size = isSame ? ([height, width] as const) : wholeSize(c);
  const { crop: added, pad: taken } = padSteps(window.pads);
  const bias = c.node.tensors.find(({ role }) => role === 'bias');
  // zeros that are added to the sides have the bias, too
  const isWithin = bias !== undefined && groups === 1 && (isSame || !added);
  const own = filters / groups;
  const sizes = sizesOf(c, [...size, own]);
  const of = optionFields.transposeConv;
  const options: FlatTable = [paddingField(of.padding, isSame ? 'same' : 'valid'), ...strides(of, window)];
  const transposed = (x: string, group: number, name: string) => {
    const kernel = c.b.weight({
      name: groups === 1 ? ownTensor(c, 'weight').name : `${ownTensor(c, 'weight').name}/${group}`,
      shape: [own, high, wide, channels / groups],
      of: [ownTensor(c, 'weight')],
      make: (values) => turnedKernel(values, ownTensor(c, 'weight'), window, group, channels / groups),
    });
    const inputs = [sizes, kernel, x, ...(isWithin ? [plainWeight(c, bias)] : [])];
    return add(c, 'transposeConv', inputs, name, [...size, own], options, isWithin ? 3 : 1);
  };
  const shape = lastChannels(outputShape(c));
  const whole = [...size, filters];
  let y: string;
  if (groups === 1) y = transposed(first(c), 0, path);
  else {
    const parts = split(c, first(c), `${path}/groups`, groups).map((x, i) => transposed(x, i, `${path}/group`));
    const axis = [optionFields.concatenation.axis, int32(3)] as const;
    y = add(c, 'concatenation', parts, path, whole, [axis]);
  }
  if (!isSame && taken) {
    const left = [whole[0]! - taken.top - taken.bottom, whole[1]! - taken.left - taken.right, filters];
    y = slice(c, y, `${path}/crop`, taken, left);
    if (added) y = padded(c, y, `${path}/pad`, added, left, 0);
  } else if (!isSame && added) y = padded(c, y, `${path}/pad`, added, whole, 0);
  if (!bias || isWithin) return y;
  return add(c, 'add', [y, plainWeight(c, bias)], `${path}/add-bias`, shape, arithmetic());
}

/** Height and width before anything is taken from the sides. */
function wholeSize(c: WithOp<LiteNode, 'convTranspose'>): readonly [number, number] {
  const [size, extent] = [mapSize(c), extentOf(c.op.window)];
  return both((axis) => (size[axis] - 1) * c.op.window.stride[axis] + extent[axis]);
}

/** `[in, out / groups, kh, kw]` of one group as `[out / groups, kh, kw, in / groups]`, zeros between dilated taps. */
function turnedKernel(
  values: Float32Array,
  { shape }: TensorSpec,
  window: Window,
  group: number,
  inner: number,
): Float32Array {
  const [, own = 1, rows = 1, columns = 1] = shape;
  const [high, wide] = extentOf(window);
  const [down, across] = dilationOf(window);
  const out = new Float32Array(own * high * wide * inner);
  let at = group * inner * own * rows * columns;
  for (let i = 0; i < inner; i++) {
    for (let o = 0; o < own; o++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          out[((o * high + row * down) * wide + column * across) * inner + i] = values[at++] as number;
        }
      }
    }
  }
  return out;
}

/** The operator's output shape: constant for a stated batch, otherwise the input's number of samples and the sizes. */
function sizesOf(c: LiteNode, sizes: readonly number[]): string {
  const { b, node } = c;
  if (b.batch !== 'dynamic') return b.integers([b.batch, ...sizes]);
  const name = `${node.path}/shape`;
  const options = [[optionFields.shape.type, int8(writtenTypes.int32)]] as const;
  const shape = b.shapeOperator({ operator: 'shape', inputs: [first(c)], name, shape: [4], options });
  const inputs = [shape, b.integers([0]), b.integers([1])];
  const samples = b.shapeOperator({ operator: 'slice', inputs, name: `${name}/samples`, shape: [1] });
  const axis = [optionFields.concatenation.axis, int32(0)] as const;
  return b.shapeOperator({
    operator: 'concatenation',
    inputs: [samples, b.integers(sizes)],
    name: `${name}/whole`,
    shape: [4],
    options: [axis],
  });
}

/** Equal parts of a map along the channels. */
function split(c: LiteNode, x: string, name: string, parts: number): readonly string[] {
  const [channels = 1, height = 1, width = 1] = c.inputShapes[0] ?? [];
  return c.b.operator({
    operator: 'split',
    inputs: [c.b.integers([3], []), x],
    name,
    shapes: Array.from({ length: parts }, () => [height, width, channels / parts]),
    options: [[optionFields.split.parts, int32(parts)]],
  });
}
