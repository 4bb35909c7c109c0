import { type Graph, type GraphNode, graphTensors, ownerPath, shapeOf } from '../5-graph/graph.ts';
import { addForward, noiseCount } from '../5-graph/training/differentiate.ts';
import type { ProgramNode, StepRef, StepShape } from '../5-graph/training/program.ts';
import { createStepBuilder } from '../5-graph/training/step-builder.ts';
import { descriptorOf } from '../ops/ops.ts';
import { elements } from '../ops/shape.ts';
import type { StepOpKind } from '../ops/step-ops.ts';
import { batched } from '../ops/steps.ts';
import { keptByAutograd, storageOf } from './autograd.ts';

/** One kernel of a training step: multiply-accumulates, and bytes that it reads and writes in float32. */
export interface KernelWork {
  /** For one image. */
  readonly macs: number;
  readonly imageBytes: number;
  /** Regardless of the number of images: weights and their gradients. */
  readonly fixedBytes: number;
}

/** The work of an op in a training step. */
export interface OpWork {
  readonly node: GraphNode;
  readonly forward: readonly KernelWork[];
  readonly backward: readonly KernelWork[];
  /** The trainable values and the running statistics that it owns; those of a shared step count with its first use. */
  readonly params: number;
  readonly buffers: number;
  /** The most bytes of gradients that one kernel of its backward half reads and writes, for one image. */
  readonly workingBytes: number;
  /** Bytes of its weight's gradient, which is made before it is added to that of earlier micro-batches. */
  readonly gradientBytes: number;
}

/** A value of the forward half that outlives the op that makes it. Ops are numbered as in `TrainingWork.ops`. */
export interface LivingValue {
  /** -1 for an input. */
  readonly producer: number;
  /** The last op that reads it in the forward half; the number of ops for an output of the network. */
  readonly lastReader: number;
  /** The first op whose gradient reads it; infinity where none does. */
  readonly firstKeeper: number;
  /** For one image. */
  readonly bytes: number;
  /** Whether a gradient comes back to it: something before it trains. */
  readonly trains: boolean;
  /** Its name in a plan: the path of the op that makes it, and its shape. */
  readonly path: string;
  readonly shape: readonly number[];
}

/** A network's training step, op by op, in the order of its nodes. */
export interface TrainingWork {
  readonly ops: readonly OpWork[];
  readonly values: readonly LivingValue[];
  /** By position: whether a stage may begin with that op. All uses of a shared step must be in one stage. */
  readonly mayCut: readonly boolean[];
}

/** Step ops that only rename an existing value. */
const free: ReadonlySet<StepOpKind> = new Set(['input', 'variable', 'flatten', 'unflatten']);
/** Step ops that do all of their node's multiplications; the gradient of attention does each of them twice. */
const multiplies: { readonly [K in StepOpKind]?: number } = {
  conv: 1,
  convGradInput: 1,
  convGradWeight: 1,
  channelConv: 1,
  channelConvGradInput: 1,
  channelConvGradWeight: 1,
  linear: 1,
  linearGradInput: 1,
  linearGradWeight: 1,
  attend: 1,
  attendGrad: 3,
};

/**
 * What training a network takes, op by op: its own training step (see `5-graph/training/`), with what PyTorch's autograd keeps
 * where that differs. Works for any network, whatever its inputs and outputs. @param graph as built: with dropout, stochastic
 * depth and batch norms
 */
export function trainingWork(graph: Graph): TrainingWork {
  const nodes = stepNodes(graph);
  const inputs = new Set(graph.inputs);
  const shown = graph.nodes.filter(({ id }) => !inputs.has(id));
  const place = new Map(shown.map(({ id }, i) => [id, i]));
  const placeOf = ({ part }: ProgramNode) => (part ? (place.get(part.node) ?? -1) : -1);

  const forward: KernelWork[][] = shown.map(() => []);
  const backward: KernelWork[][] = shown.map(() => []);
  const working = shown.map(() => 0);
  const gradients = shown.map(() => 0);
  for (const node of nodes) {
    const at = placeOf(node);
    if (at < 0 || free.has(node.op.kind)) continue;
    const macs = (multiplies[node.op.kind] ?? 0) * macsOf(graph, shown[at] as GraphNode);
    const kernel = kernelOf(nodes, node, macs);
    if (!node.part?.backward) forward[at]?.push(kernel);
    else {
      backward[at]?.push(kernel);
      working[at] = Math.max(working[at] ?? 0, gradientBytes(nodes, node));
      const own = node.shapes.reduce((sum, { batch, dims }) => sum + (batch ? 0 : 4 * elements(dims)), 0);
      gradients[at] = Math.max(gradients[at] ?? 0, own);
    }
  }
  const owned = ownedValues(graph);
  return {
    ops: shown.map((node, i) => ({
      node,
      forward: forward[i] ?? [],
      backward: backward[i] ?? [],
      ...(owned.get(node) ?? { params: 0, buffers: 0 }),
      workingBytes: working[i] ?? 0,
      gradientBytes: gradients[i] ?? 0,
    })),
    values: livingValues(nodes, place),
    mayCut: cutPositions(shown),
  };
}

/** The network's forward half, and the gradients of all that trains, given those of its outputs. */
function stepNodes(graph: Graph): readonly ProgramNode[] {
  const b = createStepBuilder();
  const forward = addForward(b, graph, {
    training: true,
    keepStatistics: false,
    trains: ({ trainable }) => trainable,
    variable: ({ name }) => name,
    noise: { name: 'noise', count: noiseCount(graph) },
  });
  const outputs = [...graph.outputs, ...graph.auxiliary];
  for (const { name, value } of outputs) b.output(name, forward.value(value));
  forward.backward(
    outputs.map(({ value }, i) => ({
      of: value,
      gradient: b.input(`gradient of output ${i}`, batched(shapeOf(graph, value))),
    })),
  );
  const { nodes, outputs: named } = b.finish('work');
  // A reader after all ops, so that outputs live to the end.
  return [
    ...nodes,
    { id: nodes.length, op: { kind: 'add' }, inputs: named.map(({ value }) => value), shapes: [], path: '' },
  ];
}

function kernelOf(nodes: readonly ProgramNode[], node: ProgramNode, macs: number): KernelWork {
  let imageBytes = 0;
  let fixedBytes = 0;
  const moves = ({ batch, dims }: StepShape) => {
    if (batch) imageBytes += 4 * elements(dims);
    else fixedBytes += 4 * elements(dims);
  };
  for (const ref of node.inputs) moves(shapeAt(nodes, ref));
  for (const shape of node.shapes) moves(shape);
  return { macs, imageBytes, fixedBytes };
}

/** Bytes of one image's gradients that a kernel of the backward half reads and writes. */
function gradientBytes(nodes: readonly ProgramNode[], node: ProgramNode): number {
  const read = node.inputs
    .filter((ref) => isGradient(nodes[ref.node] as ProgramNode))
    .map((ref) => shapeAt(nodes, ref));
  return [...read, ...node.shapes].reduce((sum, { batch, dims }) => sum + (batch ? 4 * elements(dims) : 0), 0);
}

function isGradient({ part, op }: ProgramNode): boolean {
  return part?.backward === true || (op.kind === 'input' && op.name.startsWith('gradient of'));
}

function livingValues(nodes: readonly ProgramNode[], place: ReadonlyMap<number, number>): readonly LivingValue[] {
  const end = place.size;
  const trains = nodes.map(() => false);
  const last = nodes.map(({ shapes }) => shapes.map(() => Number.NEGATIVE_INFINITY));
  const keeper = nodes.map(({ shapes }) => shapes.map(() => Number.POSITIVE_INFINITY));
  const extra: LivingValue[] = [];
  for (const node of nodes) {
    const at = node.part ? (place.get(node.part.node) ?? -1) : end;
    trains[node.id] = node.op.kind === 'variable' || node.inputs.some((ref) => trains[ref.node]);
    if (node.part?.backward) {
      const { reads, ownBytes } = keptByAutograd(node, nodes);
      for (const read of reads) {
        const { node: from, output } = storageOf(nodes, read);
        const times = keeper[from] as number[];
        times[output] = Math.min(times[output] as number, at);
      }
      if (ownBytes > 0) {
        const { path } = node;
        extra.push({
          producer: at,
          lastReader: at,
          firstKeeper: at,
          bytes: ownBytes,
          trains: false,
          path,
          shape: [],
        });
      }
    } else if (!isGradient(node)) {
      for (const { node: from, output } of node.inputs) {
        const times = last[from] as number[];
        times[output] = Math.max(times[output] as number, at);
      }
    }
  }
  const values = nodes.flatMap((node): LivingValue[] => {
    const { op, part, path, shapes } = node;
    if (isGradient(node) || (op.kind === 'input' && op.name === 'noise')) return [];
    const producer = part && op.kind !== 'input' ? (place.get(part.node) ?? -1) : -1;
    if (!part && op.kind !== 'input') return [];
    return shapes.flatMap(({ batch, dims }, output) => {
      const lastReader = last[node.id]?.[output] ?? -1;
      const firstKeeper = keeper[node.id]?.[output] ?? Number.POSITIVE_INFINITY;
      if (!batch || (lastReader <= producer && firstKeeper === Number.POSITIVE_INFINITY)) return [];
      // A mask is of booleans.
      const bytes = (op.kind === 'mask' ? 1 : 4) * elements(dims);
      const called = op.kind === 'input' ? op.name : path;
      return [
        { producer, lastReader, firstKeeper, bytes, trains: trains[node.id] === true, path: called, shape: dims },
      ];
    });
  });
  return [...values, ...extra];
}

/** Stages cannot begin between two uses of shared tensors. */
function cutPositions(ops: readonly GraphNode[]): boolean[] {
  const mayCut = ops.map((_op, i) => i > 0);
  const first = new Map<string, number>();
  ops.forEach((node, i) => {
    if (node.tensors.length === 0) return;
    const owner = ownerPath(node);
    const from = first.get(owner);
    if (from === undefined) first.set(owner, i);
    else mayCut.fill(false, from + 1, i + 1);
  });
  return mayCut;
}

function ownedValues(graph: Graph): ReadonlyMap<GraphNode, { readonly params: number; readonly buffers: number }> {
  const owned = new Map<GraphNode, { params: number; buffers: number }>();
  for (const { node, tensor } of graphTensors(graph)) {
    const sum = owned.get(node) ?? { params: 0, buffers: 0 };
    if (tensor.trainable) sum.params += elements(tensor.shape);
    else sum.buffers += elements(tensor.shape);
    owned.set(node, sum);
  }
  return owned;
}

function macsOf(graph: Graph, node: GraphNode): number {
  const inputs = node.inputs.map((ref) => shapeOf(graph, ref));
  return descriptorOf(node.op).macs(node.op, inputs, node.shapes[0] ?? []);
}

function shapeAt(nodes: readonly ProgramNode[], { node, output }: StepRef): StepShape {
  return nodes[node]?.shapes[output] ?? { batch: false, dims: [] };
}
