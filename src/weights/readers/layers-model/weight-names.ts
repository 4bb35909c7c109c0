import type { TensorSpec } from '../../../5-graph/graph.ts';
import { tensorName } from '../../../5-graph/tensors.ts';
import type { WeightLayout } from '../../tfjs-layout.ts';

/** A layer's weight as one of our tensors. */
export interface NamedWeight {
  /** `stages.4.1.expand.conv.weight` */
  readonly name: string;
  readonly shape: readonly number[];
  readonly layout: WeightLayout;
}

/** Why the order of dense layers' features may be unknown, for `checkpoint-dense-order`. */
export const withoutLayers = "has only weights, without the model's layers";

const members: Readonly<Record<string, TensorSpec['role']>> = {
  kernel: 'weight',
  depthwise_kernel: 'weight',
  channel_kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
  value: 'value',
};

/**
 * Our tensor for a weight of a layers model: `stem.conv/kernel` is `stem.conv.weight`. Undefined for a weight that none of our layers has.
 * @param shape in TensorFlow's order.
 */
export function namedWeight(weight: string, shape: readonly number[]): NamedWeight | undefined {
  const cut = weight.lastIndexOf('/');
  const member = weight.slice(cut + 1);
  const role = Object.hasOwn(members, member) ? members[member] : undefined;
  if (cut <= 0 || !role) return undefined;
  const layout = layoutOf(member, shape.length);
  return layout && { name: tensorName(weight.slice(0, cut), role), shape: logicalShape(layout, shape), layout };
}

/** A weight that none of our layers has (`slopes/alpha`, a kernel over time), in its own order: `slopes.alpha`. */
export function otherWeight(weight: string, shape: readonly number[]): NamedWeight | undefined {
  const cut = weight.lastIndexOf('/');
  return cut <= 0 ? undefined : { name: `${weight.slice(0, cut)}.${weight.slice(cut + 1)}`, shape, layout: 'vector' };
}

/**
 * Weights of layers that are two convolutions (`SeparableConv2D`) as those of two layers: `sep/pointwise_kernel` is
 * `sep.pointwise/kernel`, and the bias is that of the second.
 * @param weights all names of a file
 */
export function splitSeparable(weights: Iterable<string>): (weight: string) => string {
  const second = '/pointwise_kernel';
  const separable = new Set(
    [...weights].flatMap((name) => (name.endsWith(second) ? [name.slice(0, -second.length)] : [])),
  );
  return (weight) => {
    const cut = weight.lastIndexOf('/');
    const [layer, member] = [weight.slice(0, cut), weight.slice(cut + 1)];
    if (!separable.has(layer)) return weight;
    if (member === 'depthwise_kernel') return `${layer}.depthwise/depthwise_kernel`;
    return `${layer}.pointwise/${member === 'pointwise_kernel' ? 'kernel' : member}`;
  };
}

function layoutOf(member: string, rank: number): WeightLayout | undefined {
  if (member === 'depthwise_kernel') return rank === 4 ? 'depthwise' : undefined;
  if (member === 'kernel') return rank === 4 ? 'conv' : rank === 2 ? 'linear' : undefined;
  if ((member === 'value' || member === 'channel_kernel') && rank === 3) return 'map';
  return rank === 1 ? 'vector' : undefined;
}

/** Our shape of a weight. @param shape in TensorFlow's order */
export function logicalShape(layout: WeightLayout, [a = 1, b = 1, c = 1, d = 1]: readonly number[]): readonly number[] {
  if (layout === 'conv') return [d, c, a, b];
  if (layout === 'depthwise') return [c * d, 1, a, b];
  if (layout === 'map') return [c, a, b];
  return layout === 'linear' ? [b, a] : [a];
}
