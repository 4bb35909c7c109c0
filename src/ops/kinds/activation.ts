import { type ActivationName, activationFacts } from '../activations.ts';
import { type OpDescriptor, stateless } from '../descriptor.ts';
import { sameAsInput } from '../shape.ts';
import { batched, type StepRef } from '../steps.ts';

export interface ActivationOp {
  readonly kind: 'activation';
  readonly fn: ActivationName;
}

/** An activation function. */
export const activation: OpDescriptor<ActivationOp> = {
  kind: 'activation',
  signature: undefined,
  label: (op) => activationFacts[op.fn].label,
  ...stateless,
  shapes: sameAsInput,
  result: ({ fn }) => (fn === 'identity' ? 'passed' : 'inPlace'),
  movesOnly: false,
  field: 'row',
  train: ({ b, op: { fn }, path, inputs, inputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    if (fn === 'identity') return { outputs: [x], pull: ([dy]) => ({ inputs: [dy] }) };
    const shape = batched(inputShapes[0] ?? []);
    const y = b.one({ kind: 'activation', fn }, [x], shape, path);
    return {
      outputs: [y],
      pull: ([dy]) => {
        const read = activationFacts[fn].gradientReads === 'input' ? x : y;
        const dx = passes(0) ? b.one({ kind: 'activationGrad', fn }, [dy as StepRef, read], shape, path) : undefined;
        return { inputs: [dx] };
      },
    };
  },
  box: 'pointwise',
  joins: ['conv', 'linear'],
};
