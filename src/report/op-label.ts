import type { GraphNode } from '../5-graph/graph.ts';
import type { ActivationName, Op, OpKind, OpOf } from '../5-graph/ops.ts';

/** How reports call an op. */

const activationLabels: { readonly [F in ActivationName]: string } = {
  identity: 'Identity',
  relu: 'ReLU',
  relu6: 'ReLU6',
  silu: 'SiLU',
  sigmoid: 'Sigmoid',
  hardsigmoid: 'Hard sigmoid',
  hardswish: 'Hard swish',
  tanh: 'Tanh',
};

const labels: { readonly [K in OpKind]: (op: OpOf<K>, inChannels: number) => string } = {
  input: (op) => op.name,
  conv: (op, inChannels) => `${convName(op, inChannels)} ${kernelLabel(op.window.kernel)}`,
  batchNorm: () => 'BN',
  activation: (op) => activationLabels[op.fn],
  globalAvgPool: () => 'GlobalAvgPool',
  maxPool: (op) => `MaxPool ${kernelLabel(op.window.kernel)}`,
  avgPool: (op) => `AvgPool ${kernelLabel(op.window.kernel)}`,
  linear: () => 'Linear',
  dropout: () => 'Dropout',
  dropPath: () => 'DropPath',
  add: () => 'Add',
  mul: () => 'Mul',
  concat: () => 'Concat',
  split: (op) => `Split ${op.parts}`,
  channelShuffle: () => 'ChannelShuffle',
  pad: () => 'Pad',
  cast: () => 'Cast',
};

/** `DWConv 5×5`, `SiLU`, `GlobalAvgPool`. */
export function opLabel(op: Op, inChannels: number): string {
  return (labels[op.kind] as (op: Op, inChannels: number) => string)(op, inChannels);
}

/** `3×3`. */
export function kernelLabel(kernel: number | string): string {
  return `${kernel}×${kernel}`;
}

/** Whether a convolution works on each channel by itself. */
export function isDepthwise(op: OpOf<'conv'>, inChannels: number): boolean {
  return op.groups > 1 && op.groups === inChannels;
}

/** `Conv 3×3, MaxPool 3×3`: what a section without a table does, in a few words. */
export function describeNodes(nodes: readonly GraphNode[], inChannels: (node: GraphNode) => number): string {
  const quiet: ReadonlySet<OpKind> = new Set<OpKind>(['batchNorm', 'activation', 'dropout', 'dropPath', 'input']);
  const loud = nodes.filter((node) => !quiet.has(node.op.kind));
  const named = (loud.length > 0 ? loud : nodes).map((node) => opLabel(node.op, inChannels(node)));
  return named.length > 3 ? `${named.slice(0, 3).join(', ')}, …` : named.join(', ');
}

function convName(op: OpOf<'conv'>, inChannels: number): string {
  if (isDepthwise(op, inChannels)) return 'DWConv';
  return op.groups > 1 ? 'Grouped conv' : 'Conv';
}
