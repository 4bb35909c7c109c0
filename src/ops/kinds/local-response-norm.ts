import { type OpDescriptor, stateless } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import type { LocalResponse } from '../sample-norms.ts';
import { overSpace } from '../shape.ts';
import { int, real, signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';

export interface LocalResponseNormOp extends LocalResponse {
  readonly kind: 'localResponseNorm';
}

/**
 * Local response normalisation (Krizhevsky et al. 2012), as in PyTorch, Caffe and ONNX: alpha is divided by the size.
 */
export const localResponseNorm: OpDescriptor<LocalResponseNormOp> = {
  kind: 'localResponseNorm',
  signature: signature({
    name: 'LocalResponseNorm',
    tensors: 1,
    doc: 'Divides by `(k + alpha / size * s) ^ beta`, where s sums the squares of the `size` channels around each one (Krizhevsky et al. 2012). `alpha` is divided by `size`, as in PyTorch, Caffe and ONNX; in the paper it is not.',
    params: {
      size: { ...int('Channels that count, the one itself in the middle; odd.', [1, opLimits.kernel]), odd: true },
      alpha: real('Weight of the mean of the squares.', [0, 1e6], { value: 1e-4 }),
      beta: real('Power of the divisor.', [0, 100], { value: 0.75 }),
      k: real('What is added to the weighted mean.', [1e-6, 1e6], { value: 1 }),
    },
    create: ({ size, alpha, beta, k }) => ({ kind: 'localResponseNorm', size, alpha, beta, k }),
  }),
  label: ({ size }) => `LRN ${size}`,
  ...stateless,
  shapes: (_op, [x]) => overSpace(x, (map) => [map]),
  result: 'written',
  movesOnly: false,
  field: 'row',
  train: ({ b, op, path, inputs, inputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    const shape = batched(inputShapes[0] ?? []);
    const y = b.one(op, [x], shape, path);
    return {
      outputs: [y],
      pull: ([dy]) => {
        if (!passes(0)) return { inputs: [undefined] };
        return { inputs: [b.one({ ...op, kind: 'localResponseNormGrad' }, [dy as StepRef, x, y], shape, path)] };
      },
    };
  },
  box: 'pointwise',
  joins: ['conv'],
};
