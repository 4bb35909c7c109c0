import { type OpDescriptor, zero } from '../descriptor.ts';
import { groupNormRule } from '../group-norm-rule.ts';
import { sameAsInput } from '../shape.ts';
import { real, signature } from '../signature.ts';
import { scaleAndShift } from '../tensor.ts';

export interface LayerNormOp {
  readonly kind: 'layerNorm';
  readonly epsilon: number;
}

/** Normalisation over the channels of each pixel (Ba et al. 2016; for maps, Liu et al. 2022). */
export const layerNorm: OpDescriptor<LayerNormOp> = {
  kind: 'layerNorm',
  signature: signature({
    name: 'LayerNorm',
    tensors: 1,
    doc: 'Normalisation over the channels of each pixel (Ba et al. 2016), with a weight and a bias for each channel, as in ConvNeXt.',
    params: { epsilon: real('Added to the variance.', [0, 1], { convention: 'epsilon' }) },
    create: ({ epsilon }) => ({ kind: 'layerNorm', epsilon }),
  }),
  label: () => 'LN',
  tensors: (_op, [channels = 0]) => scaleAndShift(channels),
  shapes: sameAsInput,
  macs: zero,
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  noise: zero,
  train: (c) => groupNormRule(c, { over: 'pixel', groups: 1, epsilon: c.op.epsilon }),
  box: 'pointwise',
  joins: ['conv', 'linear'],
};
