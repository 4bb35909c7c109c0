import { type OpDescriptor, stateless } from '../descriptor.ts';
import { sameAsInput } from '../shape.ts';
import { real, signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';

export interface PowerOp {
  readonly kind: 'power';
  readonly exponent: number;
}

export const power: OpDescriptor<PowerOp> = {
  kind: 'power',
  signature: signature({
    name: 'Power',
    tensors: 1,
    doc: 'Each number to the power of `exponent`: 2 for the square, 0.5 for the square root. Where the slope at 0 would be infinite, its gradient is 0.',
    params: { exponent: real('The power.', [-16, 16]) },
    create: ({ exponent }) => (exponent === 1 ? undefined : { kind: 'power', exponent }),
  }),
  label: ({ exponent }) => (exponent === 0.5 ? 'Square root' : `Power ${exponent}`),
  ...stateless,
  shapes: sameAsInput,
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  train: ({ b, op: { exponent }, path, inputs, inputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    const shape = batched(inputShapes[0] ?? []);
    const y = b.one({ kind: 'power', exponent }, [x], shape, path);
    return {
      outputs: [y],
      pull: ([dy]) => ({
        inputs: [passes(0) ? b.one({ kind: 'powerGrad', exponent }, [dy as StepRef, x, y], shape, path) : undefined],
      }),
    };
  },
  box: 'pointwise',
};
