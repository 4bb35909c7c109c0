import type { ProgramNode, StepRef } from '../5-graph/training/program.ts';
import type { Activation, ActivationName } from '../ops/activations.ts';
import { elements } from '../ops/shape.ts';
import type { StepOpKind } from '../ops/step-ops.ts';
import type { Pads, Window } from '../ops/window.ts';

/** What PyTorch's autograd keeps of the forward half for a gradient. */
export interface Kept {
  readonly reads: readonly StepRef[];
  /** Bytes for one image of what it makes for itself. */
  readonly ownBytes: number;
}

/** The activations whose gradient reads the output here and the input in PyTorch. */
const keepsInput: ReadonlySet<ActivationName> = new Set(['relu6', 'leaky_relu', 'elu', 'hardsigmoid']);

/**
 * What PyTorch keeps for a node of the backward half: what our own node reads of the forward half, except for windows, some
 * activations, response norms and attention. A maximum pool keeps its input and 64-bit indices instead of its output, and an average pool keeps its input; so
 * does an activation of `keepsInput` (pytorch, tools/autograd/derivatives.yaml). Padding that differs between sides is an op of
 * its own in the module, and its result is kept instead of the input.
 */
export function keptByAutograd(node: ProgramNode, nodes: readonly ProgramNode[]): Kept {
  const { op, inputs } = node;
  switch (op.kind) {
    case 'convGradWeight': {
      const [x] = inputs as readonly [StepRef, StepRef];
      // That of a transposed convolution has the gradient in its place.
      return isForward(nodes, x)
        ? keptByWindow(x, op.window, nodes)
        : { reads: forwardReads(node, nodes), ownBytes: 0 };
    }
    case 'maxPoolGrad': {
      const [, x, y] = inputs as readonly [StepRef, StepRef, StepRef];
      const { reads, ownBytes } = keptByWindow(x, op.window, nodes, isMoreThanHalf(op.window));
      return { reads, ownBytes: ownBytes + 8 * elements(dimsOf(nodes, y)) };
    }
    case 'avgPoolGrad': {
      const [x] = forwardOf(node, nodes, 'avgPool')?.inputs ?? [];
      return x ? keptByWindow(x, op.window, nodes, isMoreThanHalf(op.window)) : { reads: [], ownBytes: 0 };
    }
    case 'localResponseNormGrad': {
      // It squares, pads, averages, scales, adds, and raises to a power, one by one: three maps and one that is padded along channels.
      const [, x] = inputs as readonly [StepRef, StepRef];
      const dims = dimsOf(nodes, x);
      const [channels = 1, ...space] = dims;
      const widened = elements([channels + op.size - 1, ...space]);
      return { reads: [x], ownBytes: 4 * (2 * elements(dims) + widened) };
    }
    case 'attendGrad': {
      // A fused kernel: copies with the channels of a token side by side, its result so, and a number for each token and head.
      const [dy, ...qkv] = inputs as readonly StepRef[];
      const dims = [dy as StepRef, ...qkv].map((ref) => dimsOf(nodes, ref));
      const [, rows = 1, columns = 1] = dims[0] ?? [];
      const copied = dims.reduce((sum, each) => sum + elements(each), 0);
      return { reads: [], ownBytes: 4 * (copied + op.heads * rows * columns) };
    }
    case 'upsampleGrad': {
      // Means over areas, in which the module's pool keeps what it is given.
      if (op.mode !== 'area') break;
      const [x] = forwardOf(node, nodes, 'upsample')?.inputs ?? [];
      return { reads: x ? [x] : [], ownBytes: 0 };
    }
    case 'activationGrad':
      if (keepsInput.has(op.fn)) return keptByActivation(node, op, nodes);
      break;
    default:
  }
  return { reads: forwardReads(node, nodes), ownBytes: 0 };
}

/** The value whose memory PyTorch's tensor shares: a part of a split and a flattened map are views. */
export function storageOf(nodes: readonly ProgramNode[], ref: StepRef): StepRef {
  const { op, inputs } = nodes[ref.node] as ProgramNode;
  const isView = op.kind === 'slice' || op.kind === 'flatten' || op.kind === 'unflatten';
  return isView ? storageOf(nodes, inputs[0] as StepRef) : ref;
}

/** The step op of the forward half whose gradient a node is. */
function forwardOf({ part }: ProgramNode, nodes: readonly ProgramNode[], kind: StepOpKind): ProgramNode | undefined {
  return nodes.find(
    ({ op, part: other }) => op.kind === kind && other?.node === part?.node && other?.backward === false,
  );
}

function keptByWindow(
  x: StepRef,
  { pads }: Window,
  nodes: readonly ProgramNode[],
  isApart = pads.top < 0 || pads.left < 0,
): Kept {
  if (!isApart && pads.top === pads.bottom && pads.left === pads.right) return { reads: [x], ownBytes: 0 };
  return { reads: [], ownBytes: 4 * elements(padded(dimsOf(nodes, x), pads)) };
}

function padded(
  [channels = 1, height = 1, width = 1]: readonly number[],
  { top, left, bottom, right }: Pads,
): number[] {
  return [channels, top + height + bottom, left + width + right];
}

/** PyTorch's pools pad by half of their window at most. */
function isMoreThanHalf({ kernel, pads: { top, left } }: Window): boolean {
  return 2 * top > kernel[0] || 2 * left > kernel[1] || top < 0;
}

function keptByActivation({ inputs }: ProgramNode, { fn, slope }: Activation, nodes: readonly ProgramNode[]): Kept {
  const y = inputs[1] as StepRef;
  // A hard sigmoid of another slope is written as a clamp, which keeps what it is given.
  if (fn === 'hardsigmoid' && slope !== undefined) return { reads: [], ownBytes: 4 * elements(dimsOf(nodes, y)) };
  return { reads: [(nodes[y.node] as ProgramNode).inputs[0] as StepRef], ownBytes: 0 };
}

function forwardReads({ inputs }: ProgramNode, nodes: readonly ProgramNode[]): StepRef[] {
  return inputs.filter((ref) => isForward(nodes, ref));
}

function isForward(nodes: readonly ProgramNode[], { node }: StepRef): boolean {
  return nodes[node]?.part?.backward === false;
}

function dimsOf(nodes: readonly ProgramNode[], { node, output }: StepRef): readonly number[] {
  return nodes[node]?.shapes[output]?.dims ?? [];
}
