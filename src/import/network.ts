import type { Preprocessing } from '../4-scale/preprocessing.ts';
import type { Shape, ValueRef } from '../5-graph/graph.ts';
import { tensorsOf } from '../5-graph/tensors.ts';
import { opLimits } from '../ops/limits.ts';
import { descriptorOf, type Op } from '../ops/ops.ts';
import { isShapeError } from '../ops/shape.ts';
import type { Numbers } from './numbers.ts';
import { Unsayable } from './unsayable.ts';

/** A node of a foreign network, in our ops. */
export interface ImportedNode {
  readonly op: Op;
  readonly inputs: readonly ValueRef[];
  /** One shape per output, without the batch. */
  readonly shapes: readonly Shape[];
  /** The numbers of the tensors that the op owns, in its order. */
  readonly numbers: readonly Numbers[];
  /** The name of the node in the file that it comes from. */
  readonly from: string;
}

/** A file's network in our ops; nodes are in an order in which they can run. */
export interface ImportedNetwork {
  readonly nodes: readonly ImportedNode[];
  readonly outputs: readonly { readonly name: string; readonly value: ValueRef }[];
  /** By the name of the input: how pictures become it, as far as the file states. */
  readonly preprocessing: Readonly<Record<string, Preprocessing>>;
}

/** Collects the nodes of a network. */
export interface NetworkBuilder {
  readonly nodes: readonly ImportedNode[];
  shapeOf(ref: ValueRef): Shape;
  nodeOf(ref: ValueRef): ImportedNode;
  /**
   * Adds a node; returns its outputs.
   * @throws Unsayable where the op cannot take these inputs, or owns tensors of other shapes
   */
  add(op: Op, inputs: readonly ValueRef[], from: string, numbers?: readonly Numbers[]): readonly ValueRef[];
  /** Adds an input of the network. */
  input(name: string, shape: Shape): ValueRef;
}

export function createNetworkBuilder(): NetworkBuilder {
  const nodes: ImportedNode[] = [];
  const push = (node: ImportedNode): readonly ValueRef[] => {
    nodes.push(node);
    return node.shapes.map((_, output) => ({ node: nodes.length - 1, output }));
  };
  const builder: NetworkBuilder = {
    nodes,
    shapeOf: (ref) => (nodes[ref.node] as ImportedNode).shapes[ref.output] as Shape,
    nodeOf: (ref) => nodes[ref.node] as ImportedNode,
    add(op, inputs, from, numbers = []) {
      checkBounds(op);
      const given = inputs.map(builder.shapeOf);
      const shapes = descriptorOf(op).shapes(op, given);
      if (isShapeError(shapes))
        throw new Unsayable(`it cannot take ${given.map((s) => `[${s.join(', ')}]`).join(' and ')}`);
      const own = tensorsOf(op, given[0] ?? [], '');
      const fit =
        own.length === numbers.length && own.every(({ shape }, i) => String(shape) === String(numbers[i]?.shape));
      if (!fit) {
        const [wanted, found] = [own, numbers].map((list) =>
          list.map(({ shape }) => `[${shape.join(', ')}]`).join(', '),
        );
        throw new Unsayable(`it needs weights of the shapes ${wanted}, but has ${found}`);
      }
      return push({ op, inputs, shapes, numbers, from });
    },
    input: (name, shape) =>
      push({ op: { kind: 'input', name }, inputs: [], shapes: [shape], numbers: [], from: name })[0]!,
  };
  return builder;
}

/** Numbers of a damaged file that no op can have. @throws Unsayable */
function checkBounds(op: Op): void {
  const within = (numbers: readonly number[], least: number, most: number) => {
    if (numbers.every((n) => Number.isInteger(n) && n >= least && n <= most)) return;
    throw new Unsayable(`its numbers ${numbers.join(', ')} are not whole ones from ${least} to ${most}`);
  };
  if ('window' in op) {
    const { kernel, stride, dilation, pads } = op.window;
    within([...kernel, ...dilation], 1, opLimits.kernel);
    within(stride, 1, opLimits.pixels);
    within(Object.values(pads), -opLimits.pixels, opLimits.pixels);
  }
  if ('pads' in op) within(Object.values(op.pads), -opLimits.pixels, opLimits.pixels);
  if ('groups' in op) within([op.groups], 1, opLimits.channels);
  if ('parts' in op) within([op.parts], 1, opLimits.parts);
  if (op.kind === 'upsample') within([op.rows.to, op.columns.to], 1, opLimits.pixels);
}

/** A network without the nodes that its outputs do not depend on; inputs stay. */
export function pruned({ nodes, outputs, preprocessing }: ImportedNetwork): ImportedNetwork {
  const needed = new Set(nodes.flatMap(({ op }, i) => (op.kind === 'input' ? [i] : [])));
  for (const { value } of outputs) needed.add(value.node);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (needed.has(i)) for (const { node } of (nodes[i] as ImportedNode).inputs) needed.add(node);
  }
  const kept = nodes.flatMap((node, i) => (needed.has(i) ? [{ node, i }] : []));
  const places = new Map(kept.map(({ i }, place) => [i, place]));
  const moved = (ref: ValueRef) => ({ ...ref, node: places.get(ref.node) as number });
  return {
    nodes: kept.map(({ node }) => ({ ...node, inputs: node.inputs.map(moved) })),
    outputs: outputs.map((output) => ({ ...output, value: moved(output.value) })),
    preprocessing,
  };
}
