import { batched, type StepRef, unbatched } from './steps.ts';
import type { Gradients, Lowered, RuleContext } from './training-rule.ts';

/** Adds an affine op's bias, if there is one, and its gradient to those that `pull` gives. */
export function withBias(c: RuleContext<unknown>, y: StepRef, pull: (dy: StepRef) => Gradients): Lowered {
  const bias = c.tensor('bias');
  if (!bias) return { outputs: [y], pull: ([dy]) => pull(dy as StepRef) };
  const sum = c.b.one({ kind: 'addBias' }, [y, bias.value], batched(c.outputShapes[0] ?? []), c.path);
  return {
    outputs: [sum],
    pull: ([dy]) => {
      const { inputs, tensors = [] } = pull(dy as StepRef);
      if (!bias.trains) return { inputs, tensors };
      const db = c.b.one({ kind: 'biasGrad' }, [dy as StepRef], unbatched(bias.shape), c.path);
      return { inputs, tensors: [...tensors, [bias, db]] };
    },
  };
}
