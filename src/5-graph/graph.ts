import type { DeclaredModel } from '../2-resolve/program.ts';
import type { ChannelOrder, Preprocessing } from '../4-scale/preprocessing.ts';
import type { ConventionPoint } from '../4-scale/scaling.ts';
import type { Trace } from '../4-scale/trace.ts';
import type { Op } from '../ops/ops.ts';
import type { Pair } from '../ops/pair.ts';
import { elements, type Shape } from '../ops/shape.ts';
import type { OwnTensor } from '../ops/tensor.ts';
import type { Span } from '../source.ts';
import type { Call } from './calls.ts';
import { bytesPerElement, type ValueType } from './value-type.ts';

export { elements, type Shape };

/** One output of a node. */
export interface ValueRef {
  /** The node's index in `Graph.nodes`. */
  readonly node: number;
  /** The index of the output; always 0 except for `split`. */
  readonly output: number;
}

/** A tensor that belongs to a node: a parameter, or a statistic that training moves. */
export interface TensorSpec extends OwnTensor {
  /** `stages.4.1.expand.conv.weight`: the name in every target and checkpoint. */
  readonly name: string;
  /** float32 where no pass gave it another. */
  readonly type: ValueType;
}

export interface GraphNode {
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly ValueRef[];
  /** One shape per output. */
  readonly shapes: readonly Shape[];
  /** The type of all its outputs: float32 unless a pass changed it. See `checkTypes` for the rules. */
  readonly type: ValueType;
  /** `stages.4.1.expand.conv`. Unique among nodes that own tensors; others share the path of the step that they belong to. */
  readonly path: string;
  readonly tensors: readonly TensorSpec[];
  /**
   * For a use of a shared step: the path that its tensors are named after, `heads.conv` where its own is `heads.1.conv`.
   */
  readonly owner?: string;
  /** The source that it comes from. */
  readonly span: Span;
  /** The stage it belongs to: the section, and the row and block of its table. */
  readonly place: StagePosition;
  /** How the numbers of its attributes came about ("80 x w 1.6 = 128, a multiple of 8"). */
  readonly traces: readonly Trace[];
  /**
   * A batch norm folded into this convolution by the pass `foldBatchNorm`: its tensors, its epsilon, and whether the
   * convolution had a bias before. It has one now, which the weight source computes.
   */
  readonly foldedNorm?: {
    readonly tensors: readonly TensorSpec[];
    readonly epsilon: number;
    readonly hadBias: boolean;
  };
  /** The branches that the pass `mergeBranches` merged into this convolution, whose tensors the weight source computes. */
  readonly mergedBranches?: readonly MergedBranch[];
}

/** One of several linear maps of a tensor that were summed. */
export interface MergedBranch {
  /** A convolution (with a norm folded into it, perhaps) or a batch norm; absent for the tensor itself. */
  readonly node?: GraphNode;
  /** Where its first tap is in the merged window: row and column. */
  readonly first: Pair;
  /** From one of its taps to the next in the merged window: rows and columns. */
  readonly step: Pair;
}

export interface StagePosition {
  /**
   * `stages`, `trunk.stages` of an inner model; with the label of the table where it has one, `stages.first`. Steps after a
   * table in its section, and outside of sections, have their own path.
   */
  readonly section: string;
  /** The row's name, or its number. */
  readonly row?: string;
  /** The block's number in its row, where the table repeats. */
  readonly block?: number;
  /** The name of the block that the row builds, as written. */
  readonly operator?: string;
  /** The names of that block's tensor parameters, if it takes more than one. */
  readonly tensors?: readonly string[];
  /** The name of the block that a section without rows consists of, as written. */
  readonly callee?: string;
}

/** How an input's pixels, between 0 and 1, are normalised per channel before they come in: `(x - mean) / std`. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Of the input, and of these numbers: red, green, blue by default. */
  readonly channelOrder?: ChannelOrder;
}

export interface GraphOutput {
  readonly name: string;
  readonly value: ValueRef;
}

/** An output that only training has. */
export interface AuxiliaryOutput extends GraphOutput {
  /** How much its loss counts next to that of the network's own output; above 0. */
  readonly weight: number;
}

/** A model in a network: the network's own, and each that is a step of it. */
export interface ModelUse {
  /** `trunk`; empty for the network's own. */
  readonly path: string;
  readonly declared: DeclaredModel;
  readonly variant?: string;
  readonly convention: ConventionPoint;
}

/** A network at one point of its family. Nodes are in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly number[];
  readonly outputs: readonly GraphOutput[];
  /** A network for inference has none: see `withoutAuxiliary`. */
  readonly auxiliary: readonly AuxiliaryOutput[];
  /** The stated facts, by the input's name. Not part of the network: its caller must apply them. */
  readonly preprocessing: Readonly<Record<string, Preprocessing>>;
  /** Its own model first, each before those within it. */
  readonly models: readonly ModelUse[];
  /** The calls that its nodes come from: an outer one before those in it, siblings in their order. */
  readonly calls: readonly Call[];
}

/** The shape of a value. */
export function shapeOf(graph: Graph, ref: ValueRef): Shape {
  return graph.nodes[ref.node]?.shapes[ref.output] ?? [];
}

/** The type of a value. */
export function typeOf(graph: Graph, ref: ValueRef): ValueType {
  return (graph.nodes[ref.node] as GraphNode).type;
}

/** The bytes that elements of a shape take: of a tensor, or of a value of one sample. */
export function byteLength(shape: Shape, { element }: ValueType): number {
  return elements(shape) * bytesPerElement[element];
}

/** The shape of a node's first input; empty where it has none. */
export function inputShapeOf(graph: Graph, { inputs: [first] }: GraphNode): Shape {
  return first ? shapeOf(graph, first) : [];
}

/** By node: how many read its outputs, the graph's own outputs among them, auxiliary ones too. */
export function readerCounts(graph: Graph): readonly number[] {
  const counts = graph.nodes.map(() => 0);
  const count = ({ node }: ValueRef) => {
    counts[node] = (counts[node] ?? 0) + 1;
  };
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const { value } of [...graph.outputs, ...graph.auxiliary]) count(value);
  return counts;
}

/** The path that a node's tensors are named after. */
export function ownerPath(node: GraphNode): string {
  return node.owner ?? node.path;
}

/** Every tensor of the graph once, in the order of its nodes: those of a shared step with its first use. */
export function* graphTensors(graph: Graph): Generator<{ node: GraphNode; tensor: TensorSpec }> {
  for (const node of graph.nodes) {
    if (!sharesEarlier(graph, node)) for (const tensor of node.tensors) yield { node, tensor };
  }
}

const laterUses = new WeakMap<Graph, ReadonlySet<GraphNode>>();

/** Whether a node has the tensors of an earlier one: a use of a shared step after the first. */
export function sharesEarlier(graph: Graph, node: GraphNode): boolean {
  if (node.owner === undefined) return false;
  let later = laterUses.get(graph);
  if (!later) {
    const seen = new Set<string>();
    later = new Set(graph.nodes.filter(({ owner }) => owner !== undefined && seen.size === seen.add(owner).size));
    laterUses.set(graph, later);
  }
  return later.has(node);
}
