import { type OpDescriptor, stateless } from '../descriptor.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace } from '../shape.ts';
import { signature } from '../signature.ts';

export interface ChannelMeanOp {
  readonly kind: 'channelMean';
}

export const channelMean: OpDescriptor<ChannelMeanOp> = {
  kind: 'channelMean',
  signature: signature({
    name: 'ChannelMean',
    tensors: 1,
    doc: 'The mean over the channels of each pixel: `[1, H, W]`.',
    params: {},
    create: () => ({ kind: 'channelMean' }),
  }),
  label: () => 'ChannelMean',
  ...stateless,
  shapes: (_op, [x]) => overSpace(x, ([, height, width]) => [[1, height, width]]),
  result: 'written',
  movesOnly: false,
  field: 'row',
  train: (c) => oneToOne(c, c.op, { kind: 'channelMeanGrad', shape: c.inputShapes[0] ?? [] }),
  box: 'pointwise',
};
