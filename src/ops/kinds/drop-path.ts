import { type OpDescriptor, zero } from '../descriptor.ts';
import { masked } from '../masked.ts';
import { sameAsInput } from '../shape.ts';
import { real, signature } from '../signature.ts';

export interface DropPathOp {
  readonly kind: 'dropPath';
  readonly rate: number;
}

/** Stochastic depth: drops the whole branch of a sample with probability `rate` while training (Huang et al. 2016). */
export const dropPath: OpDescriptor<DropPathOp> = {
  kind: 'dropPath',
  signature: signature({
    name: 'DropPath',
    tensors: 1,
    doc: 'Stochastic depth (Huang et al. 2016): a sample skips the branch with this probability while training. At rate 0 the step is left out.',
    params: { rate: real('Probability that a sample skips the branch while training.', [0, 1]) },
    create: ({ rate }) => (rate === 0 ? undefined : { kind: 'dropPath', rate }),
  }),
  label: () => 'DropPath',
  tensors: 'none',
  shapes: sameAsInput,
  macs: zero,
  result: 'passed',
  movesOnly: true,
  field: 'row',
  noise: () => 1,
  train: (c) =>
    masked(
      c,
      (c.inputShapes[0] ?? []).map(() => 1),
    ),
  box: 'pointwise',
  joins: ['conv', 'linear'],
};
