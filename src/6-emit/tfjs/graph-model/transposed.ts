import { both } from '../../../ops/pair.ts';
import { extentOf, isDense, namedPadding, padSteps } from '../../../ops/window.ts';
import { first, mapSize, outputShape, type WithOp } from '../../written-node.ts';
import { int32, type TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode } from './add.ts';
import { joinLast, spatial, splitLast, spreadKernel } from './windows.ts';

/** A transposed convolution, TensorFlow's gradient of a convolution. Groups are split. */
export function writeConvTranspose(c: WithOp<GraphModelNode, 'convTranspose'>): TensorName {
  const { filters, groups, window } = c.op;
  const { path } = c.node;
  const [channels = 1] = c.inputShapes[0] ?? [];
  const [weight, bias] = c.node.tensors;
  const stored = c.weight(weight as NonNullable<typeof weight>, 'kernel');
  const kernel = isDense(window) ? stored : spreadKernel(c, stored, window, [filters / groups, channels]);
  const [, high = 1, wide = 1] = outputShape(c);
  const isSame = namedPadding(window, high, wide) === 'same';
  const size = isSame ? ([high, wide] as const) : wholeSize(c);
  const attr = {
    strides: spatial(window.stride),
    dilations: spatial([1, 1]),
    padding: { text: isSame ? 'SAME' : 'VALID' },
    data_format: { text: 'NHWC' },
  };
  const sizes = sizesOf(c, [...size, filters / groups]);
  const transposed = (x: TensorName, w: TensorName, name: string) =>
    add(c, 'Conv2DBackpropInput', name, [sizes, w, x], attr);
  let y: TensorName;
  if (groups === 1) y = transposed(first(c), kernel, path);
  else {
    const kernels = splitLast(c, kernel, `${path}/kernels`, groups);
    const parts = splitLast(c, first(c), `${path}/groups`, groups);
    y = joinLast(
      c,
      parts.map((x, i) => transposed(x, kernels[i] as TensorName, `${path}/group`)),
      path,
    );
  }
  if (!isSame) y = fitted(c, y);
  if (!bias) return y;
  return add(c, 'BiasAdd', `${path}/add-bias`, [y, c.weight(bias, 'bias')], { data_format: { text: 'NHWC' } });
}

/** Height and width before anything is taken from the sides. */
function wholeSize(c: WithOp<GraphModelNode, 'convTranspose'>): readonly [number, number] {
  const [size, extent] = [mapSize(c), extentOf(c.op.window)];
  return both((axis) => (size[axis] - 1) * c.op.window.stride[axis] + extent[axis]);
}

/** A shape at run time: how many samples the input has, then sizes. */
function sizesOf(c: GraphModelNode, sizes: readonly number[]): TensorName {
  const { b, node } = c;
  const name = `${node.path}/shape`;
  const shape = add(c, 'Shape', name, [first(c)], { out_type: int32 });
  const inputs = [shape, b.integers([0]), b.integers([1])];
  const samples = b.node({ op: 'Slice', name: `${name}/samples`, inputs, attr: { T: int32, Index: int32 } });
  const attr = { N: { int: 2 }, T: int32, Tidx: int32 };
  return b.node({ op: 'ConcatV2', name: `${name}/whole`, inputs: [samples, b.integers(sizes), b.integer(0)], attr });
}

/** Takes from the sides of the output, and adds zeros to them. */
function fitted(c: WithOp<GraphModelNode, 'convTranspose'>, whole: TensorName): TensorName {
  const { window, filters } = c.op;
  const { crop: added, pad: taken } = padSteps(window.pads);
  let y = whole;
  if (taken) {
    const [high, wide] = wholeSize(c);
    const size = [-1, high - taken.top - taken.bottom, wide - taken.left - taken.right, filters];
    const begin = c.b.integers([0, taken.top, taken.left, 0]);
    y = add(c, 'Slice', `${c.node.path}/crop`, [y, begin, c.b.integers(size)], { Index: int32 });
  }
  if (added) {
    const values = [0, 0, added.top, added.bottom, added.left, added.right, 0, 0];
    const paddings = c.b.constant({ dtype: 'DT_INT32', shape: [4, 2], values });
    y = add(c, 'PadV2', `${c.node.path}/pad`, [y, paddings, c.b.number(0)], { Tpaddings: int32 });
  }
  return y;
}
