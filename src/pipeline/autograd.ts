import type { ProgramNode, StepRef } from '../5-graph/training/program.ts';
import type { Activation, ActivationName } from '../ops/activations.ts';
import { elements } from '../ops/shape.ts';

/** What PyTorch's autograd keeps of the forward half for a gradient. */
export interface Kept {
  readonly reads: readonly StepRef[];
  /** Bytes for one image of what it makes for itself. */
  readonly ownBytes: number;
}

/** The activations whose gradient reads the output here and the input in PyTorch. */
const keepsInput: ReadonlySet<ActivationName> = new Set(['relu6', 'leaky_relu', 'elu', 'hardsigmoid']);

/**
 * What PyTorch keeps for a node of the backward half: what our own node reads of the forward half, except for pools and some
 * activations. A maximum pool keeps its input and 64-bit indices instead of its output, and an average pool keeps its input; so
 * does an activation of `keepsInput` (pytorch, tools/autograd/derivatives.yaml).
 */
export function keptByAutograd(node: ProgramNode, nodes: readonly ProgramNode[]): Kept {
  const reads = node.inputs.filter(({ node: from }) => nodes[from]?.part?.backward === false);
  if (node.op.kind === 'maxPoolGrad') {
    const [, x, y] = node.inputs as readonly [StepRef, StepRef, StepRef];
    return { reads: [x], ownBytes: 8 * elements(nodes[y.node]?.shapes[y.output]?.dims ?? []) };
  }
  if (node.op.kind === 'avgPoolGrad') {
    const pool = nodes.find(
      ({ op, part }) => op.kind === 'avgPool' && part?.node === node.part?.node && part?.backward === false,
    );
    return { reads: pool ? [pool.inputs[0] as StepRef] : [], ownBytes: 0 };
  }
  if (node.op.kind === 'activationGrad' && keepsInput.has(node.op.fn)) return keptByActivation(node, node.op, nodes);
  return { reads, ownBytes: 0 };
}

function keptByActivation({ inputs }: ProgramNode, { fn, slope }: Activation, nodes: readonly ProgramNode[]): Kept {
  const y = inputs[1] as StepRef;
  const made = nodes[y.node] as ProgramNode;
  // A hard sigmoid of another slope is written as a clamp, which keeps what it is given.
  if (fn === 'hardsigmoid' && slope !== undefined) {
    return { reads: [], ownBytes: 4 * elements(made.shapes[y.output]?.dims ?? []) };
  }
  return { reads: [made.inputs[0] as StepRef], ownBytes: 0 };
}
