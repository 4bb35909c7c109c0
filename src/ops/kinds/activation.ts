import { type Activation, activationFacts } from '../activations.ts';
import { type OpDescriptor, stateless } from '../descriptor.ts';
import { sameAsInput } from '../shape.ts';
import { batched, type StepRef } from '../steps.ts';

export interface ActivationOp extends Activation {
  readonly kind: 'activation';
}

/** An activation function. */
export const activation: OpDescriptor<ActivationOp> = {
  kind: 'activation',
  signature: undefined,
  label: ({ fn, slope }) => `${activationFacts[fn].label}${slope === undefined ? '' : ` ${slope}`}`,
  ...stateless,
  shapes: sameAsInput,
  result: ({ fn }) => (fn === 'identity' ? 'passed' : 'inPlace'),
  movesOnly: false,
  field: 'row',
  train: ({ b, op, path, inputs, inputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    const { fn } = op;
    if (fn === 'identity') return { outputs: [x], pull: ([dy]) => ({ inputs: [dy] }) };
    const shape = batched(inputShapes[0] ?? []);
    const y = b.one(op, [x], shape, path);
    return {
      outputs: [y],
      pull: ([dy]) => {
        const read = activationFacts[fn].gradientReads === 'input' ? x : y;
        const dx = passes(0) ? b.one({ ...op, kind: 'activationGrad' }, [dy as StepRef, read], shape, path) : undefined;
        return { inputs: [dx] };
      },
    };
  },
  box: 'pointwise',
  joins: ['conv', 'linear'],
};
