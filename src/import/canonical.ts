import type { Graph, GraphNode, Shape, ValueRef } from '../5-graph/graph.ts';
import { foldBatchNorm, removeTrainingOps } from '../5-graph/passes/for-inference.ts';
import { slopeOf } from '../ops/activations.ts';
import type { Op } from '../ops/ops.ts';
import { dilationOf, noPads } from '../ops/window.ts';
import { isDense } from './convolution-shapes.ts';
import type { ImportedNetwork } from './network.ts';

/** A node with what it computes; its tensors stay with the node that it was made from. */
export interface PlainNode {
  readonly op: Op;
  readonly inputs: readonly ValueRef[];
  /** The node of the network that it is, or begins with. */
  readonly id: number;
  readonly shapes: readonly Shape[];
}

/** A network to compare: sums and products of several are one node, and so is a concatenation of concatenations. */
export interface PlainNetwork {
  readonly nodes: readonly PlainNode[];
  readonly outputs: readonly ValueRef[];
}

/** A network that was built from a spec, at inference. @param folds whether batch norms are folded into convolutions */
export function plainGraph(graph: Graph, folds: boolean): { readonly plain: PlainNetwork; readonly graph: Graph } {
  const evaluated = removeTrainingOps(graph);
  const folded = folds ? foldBatchNorm(evaluated) : evaluated;
  return {
    plain: gathered(
      folded.nodes,
      folded.outputs.map(({ value }) => value),
    ),
    graph: folded,
  };
}

/** A network that was imported. */
export function plainImport({ nodes, outputs }: ImportedNetwork): PlainNetwork {
  return gathered(
    nodes,
    outputs.map(({ value }) => value),
  );
}

/**
 * Sums of sums, and products of products, as one, where nothing else reads what is between them; concatenations of
 * concatenations always, as they compute nothing.
 */
function gathered(
  nodes: readonly Pick<GraphNode, 'op' | 'inputs' | 'shapes'>[],
  outputs: readonly ValueRef[],
): PlainNetwork {
  const readers = nodes.map(() => 0);
  for (const { node } of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) readers[node]!++;
  const plain: PlainNode[] = [];
  const places: ValueRef[] = [];
  const moved = (ref: ValueRef): ValueRef => ({ node: places[ref.node]!.node, output: ref.output });
  const push = (node: PlainNode): ValueRef => {
    plain.push(node);
    return { node: plain.length - 1, output: 0 };
  };
  for (const [id, { op, inputs, shapes }] of nodes.entries()) {
    const given = inputs.flatMap((ref) => {
      const before = plain[moved(ref).node];
      const isOne = before?.op.kind === op.kind && (op.kind === 'concat' || (commutes(op) && readers[ref.node] === 1));
      return isOne ? before.inputs : [moved(ref)];
    });
    // A map of one pixel is a vector: the same ops apply to both.
    const isPassed =
      op.kind === 'flatten' &&
      String(plainShape(nodes[inputs[0]!.node]!.shapes[inputs[0]!.output]!)) === String(shapes[0]);
    if (
      isPassed ||
      isStill(op, nodes[inputs[0]?.node ?? -1]?.shapes[inputs[0]?.output ?? 0]) ||
      ((commutes(op) || op.kind === 'concat') && inputs.length === 1)
    )
      places[id] = moved(inputs[0] as ValueRef);
    else if (op.kind === 'rescale' && op.scale !== 1 && op.offset !== 0) {
      const scaled = push({ op: { ...op, offset: 0 }, inputs: given, id, shapes });
      places[id] = push({ op: { ...op, scale: 1 }, inputs: [scaled], id, shapes });
    } else places[id] = push({ op, inputs: given, id, shapes });
  }
  return { nodes: plain, outputs: outputs.map(moved) };
}

/** Whether an op gives what it is given: a pool over single pixels. */
function isStill(op: Op, input: Shape | undefined): boolean {
  if (op.kind === 'globalAvgPool' || op.kind === 'globalMaxPool') return !!input && plainShape(input).length === 1;
  if (op.kind !== 'avgPool' && op.kind !== 'maxPool') return false;
  const { kernel, stride, pads } = op.window;
  return String([...kernel, ...stride]) === '1,1,1,1' && Object.values(pads).every((n) => n === 0);
}

/** Numbers for texts that describe parts of a network: equal parts have equal numbers. */
export type Interner = (text: string) => number;

export function createInterner(): Interner {
  const known = new Map<string, number>();
  return (text) => {
    const id = known.get(text) ?? known.size;
    known.set(text, id);
    return id;
  };
}

/** For each node a number that is the same for all nodes that compute the same of equal inputs, but for weights. */
export function identities({ nodes }: PlainNetwork, intern: Interner): readonly number[] {
  const ids: number[] = [];
  let inputs = 0;
  for (const { op, inputs: refs, shapes } of nodes) {
    if (op.kind === 'input') ids.push(intern(`input ${inputs++} ${shapes[0]}`));
    else {
      const from = refs.map((ref) => `${ids[ref.node]}.${ref.output}`);
      const input = refs[0] && nodes[refs[0].node]?.shapes[refs[0].output];
      const dense = denseText(op, input);
      ids.push(intern(`${dense ?? textOf(op)} ${plainShape(shapes[0] ?? [])} of ${commutes(op) ? from.sort() : from}`));
    }
  }
  return ids;
}

/** A shape without the height and width of a single pixel. */
function plainShape(shape: Shape): Shape {
  return shape.length === 3 && shape[1] === 1 && shape[2] === 1 ? shape.slice(0, 1) : shape;
}

/** A linear layer, or the convolution over all of its map that is the same; undefined of anything else. */
function denseText(op: Op, input: Shape | undefined): string | undefined {
  if (!isDense(op, input)) return undefined;
  if (op.kind === 'linear') return `dense ${op.units} ${op.bias}`;
  return op.kind === 'conv' ? `dense ${op.filters} ${op.bias}` : undefined;
}

export function commutes({ kind }: Op): boolean {
  return kind === 'add' || kind === 'mul';
}

/** Everything in an op that decides what it computes, in canonical form. */
export function textOf(op: Op): string {
  switch (op.kind) {
    case 'conv': {
      const { kernel, stride, pads } = op.window;
      return `conv ${op.filters} ${kernel} ${stride} ${dilationOf(op.window)} ${Object.values(sides(pads))} ${op.groups} ${op.bias}`;
    }
    case 'maxPool':
    case 'avgPool': {
      const { kernel, stride, pads } = op.window;
      const isPadded = String(Object.values(sides(pads))) !== String(Object.values(noPads));
      return `${op.kind} ${kernel} ${stride} ${Object.values(sides(pads))} ${op.kind === 'avgPool' && isPadded && op.countPad}`;
    }
    case 'activation':
      return `${op.fn} ${slopeOf(op)}`;
    case 'batchNorm':
      return `batchNorm ${op.epsilon}`;
    case 'weight':
      return `weight ${op.shape}`;
    case 'rescale':
      return `rescale ${Math.fround(op.scale)} ${Math.fround(op.offset)}`;
    case 'pad':
      return `pad ${Object.values(sides(op.pads))}`;
    default:
      return JSON.stringify(op);
  }
}

function sides({ top, left, bottom, right }: typeof noPads) {
  return { top: top + 0, left: left + 0, bottom: bottom + 0, right: right + 0 };
}

/** Which node of one network is which of another with the same outputs; undefined if they are not the same. */
export function pairNodes(a: PlainNetwork, b: PlainNetwork): ReadonlyMap<number, number> | undefined {
  const intern = createInterner();
  const [idsA, idsB] = [identities(a, intern), identities(b, intern)];
  if (a.outputs.length !== b.outputs.length) return undefined;
  const pairs = new Map<number, number>();
  const open: (readonly [ValueRef, ValueRef])[] = a.outputs.map((ref, i) => [ref, b.outputs[i] as ValueRef]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [x, y] = next;
    if (idsA[x.node] !== idsB[y.node] || x.output !== y.output) return undefined;
    const known = pairs.get(x.node);
    if (known !== undefined) continue;
    pairs.set(x.node, y.node);
    const { op, inputs } = a.nodes[x.node] as PlainNode;
    const others = (b.nodes[y.node] as PlainNode).inputs;
    // Of terms that compute the same of equal inputs any may be any.
    const sorted = (refs: readonly ValueRef[], ids: readonly number[]) =>
      commutes(op)
        ? refs.toSorted((m, n) => (ids[m.node] as number) - (ids[n.node] as number) || m.output - n.output)
        : refs;
    const given = sorted(others, idsB);
    for (const [i, input] of sorted(inputs, idsA).entries()) open.push([input, given[i] as ValueRef]);
  }
  return pairs;
}
