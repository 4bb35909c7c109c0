import type { ProgramNode, StepRef } from '../5-graph/training/program.ts';
import { elements } from '../ops/shape.ts';

/** What PyTorch's autograd keeps of the forward half for a gradient. */
export interface Kept {
  readonly reads: readonly StepRef[];
  /** Bytes for one image of what it makes for itself. */
  readonly indexBytes: number;
}

/**
 * What PyTorch keeps for a node of the backward half: what our own node reads of the forward half, except for pools. A maximum
 * pool keeps its input and 64-bit indices instead of its output, and an average pool keeps its input (pytorch,
 * tools/autograd/derivatives.yaml).
 */
export function keptByAutograd(node: ProgramNode, nodes: readonly ProgramNode[]): Kept {
  const reads = node.inputs.filter(({ node: from }) => nodes[from]?.part?.backward === false);
  if (node.op.kind === 'maxPoolGrad') {
    const [, x, y] = node.inputs as readonly [StepRef, StepRef, StepRef];
    return { reads: [x], indexBytes: 8 * elements(nodes[y.node]?.shapes[y.output]?.dims ?? []) };
  }
  if (node.op.kind === 'avgPoolGrad') {
    const pool = nodes.find(
      ({ op, part }) => op.kind === 'avgPool' && part?.node === node.part?.node && part?.backward === false,
    );
    return { reads: pool ? [pool.inputs[0] as StepRef] : [], indexBytes: 0 };
  }
  return { reads, indexBytes: 0 };
}
