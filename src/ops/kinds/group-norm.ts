import { type OpDescriptor, zero } from '../descriptor.ts';
import { groupNormRule } from '../group-norm-rule.ts';
import { opLimits } from '../limits.ts';
import { int, real, signature } from '../signature.ts';
import { scaleAndShift } from '../tensor.ts';

export interface GroupNormOp {
  readonly kind: 'groupNorm';
  readonly groups: number;
  readonly epsilon: number;
}

/** Normalisation over the channels of a group and over space, sample by sample (Wu & He 2018). */
export const groupNorm: OpDescriptor<GroupNormOp> = {
  kind: 'groupNorm',
  signature: signature({
    name: 'GroupNorm',
    tensors: 1,
    doc: 'Normalisation of each sample over the channels of a group and all pixels (Wu & He 2018), with a weight and a bias for each channel.',
    params: {
      groups: int('Groups of channels.', [1, opLimits.channels]),
      epsilon: real('Added to the variance.', [0, 1], { convention: 'epsilon' }),
    },
    create: ({ groups, epsilon }) => ({ kind: 'groupNorm', groups, epsilon }),
  }),
  label: ({ groups }) => `GN ${groups}`,
  tensors: (_op, [channels = 0]) => scaleAndShift(channels),
  shapes: ({ groups }, [x = []]) => {
    const [channels = 0] = x;
    return channels % groups === 0 ? [x] : { error: 'channel-split', parts: groups, channels };
  },
  macs: zero,
  result: 'written',
  movesOnly: false,
  field: 'all',
  noise: zero,
  train: (c) => groupNormRule(c, { over: 'map', groups: c.op.groups, epsilon: c.op.epsilon }),
  box: 'pointwise',
  joins: ['conv', 'linear'],
};
