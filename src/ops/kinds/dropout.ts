import { type OpDescriptor, zero } from '../descriptor.ts';
import { masked } from '../masked.ts';
import { elements, sameAsInput } from '../shape.ts';
import { real, signature } from '../signature.ts';

export interface DropoutOp {
  readonly kind: 'dropout';
  readonly rate: number;
}

/** Dropout of elements (Srivastava et al. 2014). */
export const dropout: OpDescriptor<DropoutOp> = {
  kind: 'dropout',
  signature: signature({
    name: 'Dropout',
    tensors: 1,
    doc: 'Drops a share of the activations while training (Srivastava et al. 2014). At rate 0 the step is left out.',
    params: { rate: real('Share of activations dropped while training.', [0, 1]) },
    create: ({ rate }) => (rate === 0 ? undefined : { kind: 'dropout', rate }),
  }),
  label: () => 'Dropout',
  tensors: 'none',
  shapes: sameAsInput,
  macs: zero,
  result: 'passed',
  movesOnly: true,
  field: 'row',
  noise: (_op, input) => elements(input),
  train: (c) => masked(c, c.inputShapes[0] ?? []),
  box: 'pointwise',
  joins: ['conv', 'linear', 'globalAvgPool'],
};
