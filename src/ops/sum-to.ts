import { type Shape, sameShape } from './shape.ts';
import { batched, type StepNodes, type StepRef } from './steps.ts';
import type { RuleContext } from './training-rule.ts';

/** A gradient of the shape `from`, summed over the axes along which its value, of shape `to`, was broadcast. */
export function sumTo(b: StepNodes, gradient: StepRef, from: Shape, to: Shape, path: string): StepRef {
  return sameShape(from, to) ? gradient : b.one({ kind: 'sumTo', shape: to }, [gradient], batched(to), path);
}

/** The gradient of the input `of` of an op that works element by element, from what it would be at the output's size. */
export function gradientOver(c: RuleContext<unknown>, gradient: StepRef, of: number): StepRef {
  return sumTo(c.b, gradient, c.outputShapes[0] ?? [], c.inputShapes[of] ?? [], c.path);
}
