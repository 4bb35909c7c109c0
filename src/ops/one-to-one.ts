import type { StepOp } from './step-ops.ts';
import { batched, type StepRef } from './steps.ts';
import type { Lowered, RuleContext } from './training-rule.ts';

/** The rule of an op with one input whose gradient is a single op of the output's gradient. */
export function oneToOne(c: RuleContext<unknown>, op: StepOp, gradient: StepOp): Lowered {
  const { b, path } = c;
  return {
    outputs: [b.one(op, [c.inputs[0] as StepRef], batched(c.outputShapes[0] ?? []), path)],
    pull: ([dy]) => ({
      inputs: [c.passes(0) ? b.one(gradient, [dy as StepRef], batched(c.inputShapes[0] ?? []), path) : undefined],
    }),
  };
}
