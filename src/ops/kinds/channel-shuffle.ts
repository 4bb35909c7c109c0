import { type OpDescriptor, stateless } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace } from '../shape.ts';
import { int, signature } from '../signature.ts';

export interface ChannelShuffleOp {
  readonly kind: 'channelShuffle';
  readonly groups: number;
}

/** Interleaves the channels of groups (Zhang et al. 2018). */
export const channelShuffle: OpDescriptor<ChannelShuffleOp> = {
  kind: 'channelShuffle',
  signature: signature({
    name: 'ChannelShuffle',
    tensors: 1,
    doc: 'Interleaves the channels of that many groups (Zhang et al. 2018).',
    params: { groups: int('Groups whose channels are interleaved.', [1, opLimits.channels]) },
    create: ({ groups }) => ({ kind: 'channelShuffle', groups }),
  }),
  label: () => 'ChannelShuffle',
  ...stateless,
  shapes: ({ groups }, [x]) =>
    overSpace(x, (map) => {
      const [channels] = map;
      return channels % groups === 0 ? [map] : { error: 'channel-split', parts: groups, channels };
    }),
  result: 'written',
  movesOnly: true,
  field: 'row',
  // Groups of n become n groups; the other way back.
  train: (c) => {
    const [channels = 0] = c.inputShapes[0] ?? [];
    return oneToOne(c, c.op, { kind: 'channelShuffle', groups: channels / c.op.groups });
  },
  box: 'pointwise',
};
