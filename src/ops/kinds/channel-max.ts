import { type OpDescriptor, stateless } from '../descriptor.ts';
import { maximum } from '../maximum.ts';
import { overSpace } from '../shape.ts';
import { signature } from '../signature.ts';

export interface ChannelMaxOp {
  readonly kind: 'channelMax';
}

export const channelMax: OpDescriptor<ChannelMaxOp> = {
  kind: 'channelMax',
  signature: signature({
    name: 'ChannelMax',
    tensors: 1,
    doc: 'The maximum over the channels of each pixel: `[1, H, W]`, as spatial attention reads it (Woo et al. 2018).',
    params: {},
    create: () => ({ kind: 'channelMax' }),
  }),
  label: () => 'ChannelMax',
  ...stateless,
  shapes: (_op, [x]) => overSpace(x, ([, height, width]) => [[1, height, width]]),
  result: 'written',
  movesOnly: true,
  field: 'row',
  train: (c) => maximum(c, 'channels'),
  box: 'pointwise',
};
