import { type OpDescriptor, stateless } from '../descriptor.ts';
import { sameAsInput } from '../shape.ts';
import { real, signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';

export interface NormaliseOp {
  readonly kind: 'normalise';
  /** The least length that is divided by. */
  readonly epsilon: number;
}

/** Unit length over the channels: PyTorch's `functional.normalize`, Keras' `UnitNormalization`. */
export const normalise: OpDescriptor<NormaliseOp> = {
  kind: 'normalise',
  signature: signature({
    name: 'Normalise',
    tensors: 1,
    doc: 'The channels of each pixel over their Euclidean length (L2). SSD multiplies them by a weight for each channel (Liu et al. 2016).',
    params: { epsilon: real('The least length that is divided by.', [1e-12, 1], { value: 1e-12 }) },
    create: ({ epsilon }) => ({ kind: 'normalise', epsilon }),
  }),
  label: () => 'L2 norm',
  ...stateless,
  shapes: sameAsInput,
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  train: ({ b, op: { epsilon }, path, inputs, inputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    const shape = batched(inputShapes[0] ?? []);
    return {
      outputs: [b.one({ kind: 'unitLength', epsilon }, [x], shape, path)],
      pull: ([dy]) => ({
        inputs: [passes(0) ? b.one({ kind: 'unitLengthGrad', epsilon }, [dy as StepRef, x], shape, path) : undefined],
      }),
    };
  },
  box: 'pointwise',
  joins: ['conv', 'linear'],
};
