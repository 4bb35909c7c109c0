import type { Shape, TensorSpec } from '../../5-graph/graph.ts';
import { addNode } from './add-node.ts';
import { float, int, ints } from './attributes.ts';
import type { OnnxBuilder, OnnxValue } from './builder.ts';
import { reduceChannels } from './forms.ts';

/** Norms by the statistics of each sample. `own` are their weight and bias. */

/** Over the channels of each pixel. LayerNormalization, which came with opset 17, only takes the last axes. */
export function layerNorm(
  b: OnnxBuilder,
  x: OnnxValue,
  own: readonly TensorSpec[],
  name: string,
  epsilon: number,
): string {
  if (b.options.opset < 17) return spelledOut(b, x, own, name, epsilon);
  const attributes = { axis: int(-1), epsilon: float(epsilon), stash_type: int(1) };
  const tensors = own.map((tensor) => b.tensor(tensor));
  const [channels, height, width] = x.shape as [number, number, number];
  if (x.shape.length === 1) return addNode(b, 'LayerNormalization', [x.name, ...tensors], name, x.shape, attributes);
  const last = [height, width, channels];
  const turned = addNode(b, 'Transpose', [x.name], `${name}/channels-last`, last, { perm: ints([0, 2, 3, 1]) });
  const y = addNode(b, 'LayerNormalization', [turned, ...tensors], `${name}/norm`, last, attributes);
  return addNode(b, 'Transpose', [y], name, x.shape, { perm: ints([0, 3, 1, 2]) });
}

function spelledOut(b: OnnxBuilder, x: OnnxValue, own: readonly TensorSpec[], name: string, epsilon: number): string {
  const pixels = [1, ...x.shape.slice(1)];
  const mean = reduceChannels(b, 'ReduceMean', x.name, `${name}/mean`, pixels);
  const centred = addNode(b, 'Sub', [x.name, mean], `${name}/centred`, x.shape);
  const squares = addNode(b, 'Mul', [centred, centred], `${name}/squares`, x.shape);
  const variance = reduceChannels(b, 'ReduceMean', squares, `${name}/variance`, pixels);
  const sum = addNode(b, 'Add', [variance, b.scalar(epsilon, x.name)], `${name}/sum`, pixels);
  const deviation = addNode(b, 'Sqrt', [sum], `${name}/deviation`, pixels);
  const normal = addNode(b, 'Div', [centred, deviation], `${name}/normal`, x.shape);
  return scaledAndShifted(b, normal, own, name, x.shape);
}

/** Over the channels of a group and all pixels. GroupNormalization has a weight per channel from opset 21 on. */
export function groupNorm(
  b: OnnxBuilder,
  x: OnnxValue,
  own: readonly TensorSpec[],
  name: string,
  { groups, epsilon }: { readonly groups: number; readonly epsilon: number },
): string {
  const isMap = x.shape.length === 3;
  if (isMap && b.options.opset >= 21) {
    const attributes = { num_groups: int(groups), epsilon: float(epsilon), stash_type: int(1) };
    const tensors = own.map((tensor) => b.tensor(tensor));
    return addNode(b, 'GroupNormalization', [x.name, ...tensors], name, x.shape, attributes);
  }
  const size = x.shape.reduce((product, n) => product * n, 1);
  const grouped = [groups, size / groups];
  const rows = addNode(b, 'Reshape', [x.name, b.integers('shape', [0, ...grouped])], `${name}/groups`, grouped);
  const scale = b.filled(1, groups, rows);
  const shift = b.filled(0, groups, rows);
  const attributes = { epsilon: float(epsilon) };
  const normal = addNode(b, 'InstanceNormalization', [rows, scale, shift], `${name}/normal`, grouped, attributes);
  const given = addNode(b, 'Reshape', [normal, b.integers('shape', [0, ...x.shape])], `${name}/given`, x.shape);
  return scaledAndShifted(b, given, own, name, x.shape);
}

function scaledAndShifted(b: OnnxBuilder, x: string, own: readonly TensorSpec[], name: string, shape: Shape): string {
  const ones = shape.slice(1).map(() => 1);
  const [weight, bias] = own.map((tensor) => b.tensor(tensor, [...tensor.shape, ...ones])) as [string, string];
  const scaled = addNode(b, 'Mul', [x, weight], `${name}/scaled`, shape);
  return addNode(b, 'Add', [scaled, bias], name, shape);
}
