import { descriptorOf, type OpOf } from '../../ops/ops.ts';
import { both, type Pair } from '../../ops/pair.ts';
import { dilationOf, extentOf, type Window } from '../../ops/window.ts';
import { type Graph, type GraphNode, inputShapeOf, type MergedBranch, readerCounts, type ValueRef } from '../graph.ts';
import { tensorsOf } from '../tensors.ts';
import { removeUnreached } from './remove-unreached.ts';

type ConvOp = OpOf<'conv'>;

/**
 * Merges parallel linear branches of one tensor that are summed into one convolution: convolutions of one stride, batch norms
 * of the tensor itself, and the tensor. Run it after `foldBatchNorm`, which makes a convolution and its norm one map. A
 * smaller window is padded with zeros to the larger (RepVGG: Making VGG-style ConvNets Great Again, Ding et al. 2021, section
 * 3.3); branches that differ in groups are merged with a number of groups that suits all. The branches stay separate where
 * one of their values is read elsewhere, and where the merged convolution would compute more than they do. The weight source
 * computes the merged numbers, see `weights/merged-weights.ts`.
 */
export function mergeBranches(graph: Graph): Graph {
  const readers = readerCounts(graph);
  const merged = new Map<number, GraphNode>();
  for (const node of graph.nodes) {
    if (node.op.kind !== 'add') continue;
    const sum = mergeSum(graph, readers, node);
    if (sum) merged.set(node.id, sum);
  }
  if (merged.size === 0) return graph;
  return removeUnreached({ ...graph, nodes: graph.nodes.map((node) => merged.get(node.id) ?? node) });
}

/** A summand: the ops applied to the shared tensor; the tensor itself if there are none. */
interface Branch {
  readonly input: ValueRef;
  readonly node?: GraphNode & { readonly op: ConvOp | { readonly kind: 'batchNorm' } };
}

function mergeSum(graph: Graph, readers: readonly number[], sum: GraphNode): GraphNode | undefined {
  const leaves = summands(graph, readers, sum);
  const convs = leaves.flatMap((ref) => {
    const node = graph.nodes[ref.node] as GraphNode;
    return node.op.kind === 'conv' && readers[node.id] === 1 ? [node as GraphNode & { readonly op: ConvOp }] : [];
  });
  const input = convs[0]?.inputs[0];
  if (!input) return undefined;
  const branches = leaves.map((ref) => branchOf(graph, readers, ref, input));
  if (branches.some((branch) => branch === undefined)) return undefined;
  return mergedNode(graph, sum, input, convs, branches as readonly Branch[]);
}

/** The values of a sum, with inner sums expanded. */
function summands(graph: Graph, readers: readonly number[], sum: GraphNode): ValueRef[] {
  return sum.inputs.flatMap((ref) => {
    const node = graph.nodes[ref.node] as GraphNode;
    return node.op.kind === 'add' && readers[node.id] === 1 ? summands(graph, readers, node) : [ref];
  });
}

function branchOf(graph: Graph, readers: readonly number[], value: ValueRef, input: ValueRef): Branch | undefined {
  if (sameValue(value, input)) return { input };
  const node = graph.nodes[value.node] as GraphNode;
  const linear = node.op.kind === 'conv' || node.op.kind === 'batchNorm';
  const [from] = node.inputs;
  if (!linear || readers[node.id] !== 1 || !from || !sameValue(from, input)) return undefined;
  return { input, node: node as NonNullable<Branch['node']> };
}

function sameValue(a: ValueRef, b: ValueRef): boolean {
  return a.node === b.node && a.output === b.output;
}

function mergedNode(
  graph: Graph,
  sum: GraphNode,
  input: ValueRef,
  convs: readonly (GraphNode & { readonly op: ConvOp })[],
  branches: readonly Branch[],
): GraphNode | undefined {
  const [first] = convs as [(typeof convs)[number]];
  const shape = inputShapeOf(graph, first);
  const windows = branches.map(({ node }) => (node?.op.kind === 'conv' ? node.op.window : point));
  const hull = hullOf(windows, first.op.window);
  if (!hull || branches.length < 2) return undefined;
  const groups = convs.reduce((all, { op }) => greatestCommonDivisor(all, op.groups), first.op.groups);
  const op: ConvOp = { kind: 'conv', filters: first.op.filters, window: hull.window, groups, bias: true };
  const macs = (of: ConvOp) => descriptorOf(of).macs(of, [shape], sum.shapes[0] ?? []);
  if (macs(op) > convs.reduce((all, conv) => all + macs(conv.op), 0)) return undefined;
  const path = `${first.path}.merged`;
  return {
    id: sum.id,
    op,
    inputs: [input],
    shapes: sum.shapes,
    type: sum.type,
    path,
    tensors: tensorsOf(op, shape, path).map((tensor) => ({ ...tensor, type: first.type })),
    span: sum.span,
    place: sum.place,
    traces: sum.traces,
    mergedBranches: branches.map(
      ({ node }, i): MergedBranch => ({
        ...(node && { node }),
        first: hull.firsts[i] as Pair,
        step: hull.steps[i] as Pair,
      }),
    ),
  };
}

/** The window of a tensor itself, or of a norm of it, as a convolution. */
const point: Window = {
  kernel: [1, 1],
  stride: [1, 1],
  dilation: [1, 1],
  pads: { top: 0, left: 0, bottom: 0, right: 0 },
};

/** A window that contains several: the position of the first tap of each, and the distance between its taps. */
interface Hull {
  readonly window: Window;
  readonly firsts: readonly Pair[];
  readonly steps: readonly Pair[];
}

/** The smallest window around several over the same positions. Undefined if their strides differ or their taps lie between each other. */
function hullOf(windows: readonly Window[], like: Window): Hull | undefined {
  if (windows.some(({ stride }) => stride.join() !== like.stride.join())) return undefined;
  const starts = windows.map(({ pads }): Pair => [-pads.top, -pads.left]);
  const ends = windows.map((window, i) => both((axis) => (starts[i] as Pair)[axis] + extentOf(window)[axis] - 1));
  const start = both((axis) => Math.min(...starts.map((s) => s[axis])));
  const end = both((axis) => Math.max(...ends.map((e) => e[axis])));
  // Between the taps of the merged window; 1 where none has two.
  const step = both((axis) => {
    const gaps = windows.flatMap((window, i) => [
      (starts[i] as Pair)[axis] - start[axis],
      ...(window.kernel[axis] > 1 ? [dilationOf(window)[axis]] : []),
    ]);
    return gaps.reduce(greatestCommonDivisor, 0) || 1;
  });
  const likeEnd = ends[windows.indexOf(like)] as Pair;
  return {
    window: {
      kernel: both((axis) => (end[axis] - start[axis]) / step[axis] + 1),
      stride: like.stride,
      dilation: step,
      pads: {
        top: -start[0],
        left: -start[1],
        bottom: like.pads.bottom + end[0] - likeEnd[0],
        right: like.pads.right + end[1] - likeEnd[1],
      },
    },
    firsts: starts.map((s) => both((axis) => (s[axis] - start[axis]) / step[axis])),
    steps: windows.map((window) =>
      both((axis) => dilationOf(window)[axis] / (window.kernel[axis] > 1 ? step[axis] : 1)),
    ),
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
