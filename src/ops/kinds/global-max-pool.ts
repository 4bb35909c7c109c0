import { type OpDescriptor, stateless } from '../descriptor.ts';
import { maximum } from '../maximum.ts';
import { overSpace } from '../shape.ts';
import { signature } from '../signature.ts';

export interface GlobalMaxPoolOp {
  readonly kind: 'globalMaxPool';
}

export const globalMaxPool: OpDescriptor<GlobalMaxPoolOp> = {
  kind: 'globalMaxPool',
  signature: signature({
    name: 'GlobalMaxPool',
    tensors: 1,
    doc: 'The maximum over height and width: `[C, 1, 1]`.',
    params: {},
    create: () => ({ kind: 'globalMaxPool' }),
  }),
  label: () => 'GlobalMaxPool',
  ...stateless,
  shapes: (_op, [x]) => overSpace(x, ([channels]) => [[channels, 1, 1]]),
  result: 'written',
  movesOnly: true,
  field: 'all',
  train: (c) => maximum(c, 'space'),
  box: 'pool',
};
