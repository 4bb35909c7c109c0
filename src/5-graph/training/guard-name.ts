import type { StepFunction, StepRef } from './program.ts';

/** The name of a function's guard, for users: `the loss`, `the gradient's norm`. */
export function guardName(fn: StepFunction, guard: StepRef): string {
  const node = fn.nodes[guard.node];
  if (node?.op.kind === 'globalNorm') return "the gradient's norm";
  return node?.path ? `the value of ${node.path}` : 'the loss';
}
