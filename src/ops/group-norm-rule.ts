import type { GroupStatistics } from './sample-norms.ts';
import { batched, type StepRef, unbatched } from './steps.ts';
import { type Lowered, ownTensor, type RuleContext } from './training-rule.ts';

/** The rule of a norm with statistics per sample: the same in training and in evaluation. */
export function groupNormRule(c: RuleContext<unknown>, statistics: GroupStatistics): Lowered {
  const { b, path } = c;
  const x = c.inputs[0] as StepRef;
  const [gamma, beta] = [ownTensor(c, 'weight'), ownTensor(c, 'bias')];
  const shape = batched(c.outputShapes[0] ?? []);
  const vector = unbatched(gamma.shape);
  return {
    outputs: [b.one({ kind: 'groupNorm', ...statistics }, [x, gamma.value, beta.value], shape, path)],
    pull: ([dy]) => {
      const inputs = [dy as StepRef, x, gamma.value];
      const gradient = { kind: 'groupNormGrad', ...statistics } as const;
      const [dx, dgamma, dbeta] = b.add(gradient, inputs, [shape, vector, vector], path);
      const tensors = [[gamma, dgamma as StepRef] as const, [beta, dbeta as StepRef] as const];
      return { inputs: [dx], tensors: tensors.filter(([tensor]) => tensor.trains) };
    },
  };
}
