import { elements, type Graph, type GraphNode, graphTensors, inputShapeOf, type TensorSpec } from '../5-graph/graph.ts';
import type { OpOf } from '../ops/ops.ts';
import type { WeightSource } from './weight-source.ts';

/**
 * A layer over the weights of a network for the convolutions into which the pass `mergeBranches` merged parallel
 * branches: their kernels, each at its position in the merged window, and their biases are summed in double precision.
 * @param inner has the tensors of the branches, with their norms folded.
 */
export function mergedWeights(graph: Graph, inner: WeightSource): WeightSource {
  const owners = new Map<string, GraphNode>();
  for (const { node, tensor } of graphTensors(graph)) if (node.mergedBranches) owners.set(tensor.name, node);
  return {
    read(tensor) {
      const node = owners.get(tensor.name);
      if (!node) return inner.read(tensor);
      const sum = new Float64Array(elements(tensor.shape));
      const add = tensor.role === 'bias' ? addBias : addKernel;
      for (const branch of node.mergedBranches ?? []) add(sum, node, branch, inputShapeOf(graph, node)[0] ?? 0, inner);
      return Float32Array.from(sum);
    },
  };
}

type Branch = NonNullable<GraphNode['mergedBranches']>[number];

function addBias(
  sum: Float64Array,
  _merged: GraphNode,
  { node }: Branch,
  _channels: number,
  inner: WeightSource,
): void {
  const bias = node?.tensors.find(({ role }) => role === 'bias');
  if (node?.op.kind === 'batchNorm') {
    const { shift } = normOf(node, node.op.epsilon, inner);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (shift[i] as number);
  } else if (bias) {
    const values = inner.read(bias);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
  }
}

function addKernel(sum: Float64Array, merged: GraphNode, branch: Branch, channels: number, inner: WeightSource): void {
  const { filters, groups, window } = merged.op as OpOf<'conv'>;
  const [high, wide] = window.kernel;
  const perGroup = channels / groups;
  const { node, first, step } = branch;
  /** Adds to the weight of a filter for one of the tensor's channels. */
  const add = (filter: number, channel: number, row: number, column: number, value: number) => {
    const at = ((filter * perGroup + (channel % perGroup)) * high + first[0] + row * step[0]) * wide;
    const tap = at + first[1] + column * step[1];
    sum[tap] = (sum[tap] as number) + value;
  };
  if (node?.op.kind !== 'conv') {
    const scale = node?.op.kind === 'batchNorm' ? normOf(node, node.op.epsilon, inner).scale : undefined;
    for (let filter = 0; filter < filters; filter++) add(filter, filter, 0, 0, scale?.[filter] ?? 1);
    return;
  }
  const [rows, columns] = node.op.window.kernel;
  const each = channels / node.op.groups;
  const values = inner.read(node.tensors.find(({ role }) => role === 'weight') as TensorSpec);
  let next = 0;
  for (let filter = 0; filter < filters; filter++) {
    // The first of the channels that this filter sees in its branch.
    const from = Math.floor(filter / (filters / node.op.groups)) * each;
    for (let channel = 0; channel < each; channel++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          add(filter, from + channel, row, column, values[next++] as number);
        }
      }
    }
  }
}

/** A batch norm by its statistics as one number per channel to multiply by and one to add. */
function normOf({ tensors }: GraphNode, epsilon: number, inner: WeightSource) {
  const read = (role: TensorSpec['role']) =>
    Float64Array.from(inner.read(tensors.find((tensor) => tensor.role === role) as TensorSpec));
  const [gamma, beta, mean, variance] = [read('weight'), read('bias'), read('running_mean'), read('running_var')];
  const scale = gamma.map((value, i) => value / Math.sqrt((variance[i] as number) + epsilon));
  return { scale, shift: beta.map((value, i) => value - (mean[i] as number) * (scale[i] as number)) };
}
