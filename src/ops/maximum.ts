import { batched, type StepRef } from './steps.ts';
import type { Lowered, RuleContext } from './training-rule.ts';

/** The rule of an op that takes a maximum over all of some axes. */
export function maximum(c: RuleContext<unknown>, over: 'space' | 'channels'): Lowered {
  const { b, path, inputs, inputShapes, outputShapes, passes } = c;
  const x = inputs[0] as StepRef;
  const y = b.one({ kind: 'max', over }, [x], batched(outputShapes[0] ?? []), path);
  return {
    outputs: [y],
    pull: ([dy]) => {
      if (!passes(0)) return { inputs: [undefined] };
      return { inputs: [b.one({ kind: 'maxGrad', over }, [dy as StepRef, x, y], batched(inputShapes[0] ?? []), path)] };
    },
  };
}
