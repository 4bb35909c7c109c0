import type { Shape } from './shape.ts';
import { batched, type StepRef } from './steps.ts';
import type { Lowered, RuleContext } from './training-rule.ts';

/** The rule of an op that drops values by a mask of that shape in training. */
export function masked(c: RuleContext<{ readonly rate: number }>, maskShape: Shape): Lowered {
  const { b, path } = c;
  const x = c.inputs[0] as StepRef;
  if (!c.training) return { outputs: [x], pull: ([dy]) => ({ inputs: [dy] }) };
  const noise = c.noise();
  const shape = batched(c.inputShapes[0] ?? []);
  const op = { kind: 'mask', rate: c.op.rate, offset: noise.offset, shape: maskShape } as const;
  const mask = b.one(op, [noise.value], batched(maskShape), path);
  return {
    outputs: [b.one({ kind: 'mul' }, [x, mask], shape, path)],
    pull: ([dy]) => ({
      inputs: [c.passes(0) ? b.one({ kind: 'mul' }, [dy as StepRef, mask], shape, path) : undefined],
    }),
  };
}
