import type { StepFunction, StepRef } from './program.ts';

/** What a guard of a function is, for users: `the loss`, `the gradient's norm`. */
export function guardName(fn: StepFunction, guard: StepRef): string {
  const node = fn.nodes[guard.node];
  if (node?.op.kind === 'globalNorm') return "the gradient's norm";
  return node?.path ? `the value of ${node.path}` : 'the loss';
}
