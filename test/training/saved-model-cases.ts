import type { StepProgram } from '../../src/5-graph/training/program.ts';

/** Whether a pool of it has what TensorFlow's pools have not, nor those of the language. */
export function hasDilatedPool({ functions }: StepProgram): boolean {
  return functions.some(({ nodes }) =>
    nodes.some(({ op }) => /^(max|avg)Pool/.test(op.kind) && 'window' in op && Math.max(...op.window.dilation) > 1),
  );
}
