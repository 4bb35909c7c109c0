import { type OpDescriptor, stateless } from '../descriptor.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace } from '../shape.ts';
import { signature } from '../signature.ts';

export interface GlobalAvgPoolOp {
  readonly kind: 'globalAvgPool';
}

export const globalAvgPool: OpDescriptor<GlobalAvgPoolOp> = {
  kind: 'globalAvgPool',
  signature: signature({
    name: 'GlobalAvgPool',
    tensors: 1,
    doc: 'The mean over height and width: `[C, 1, 1]`.',
    params: {},
    create: () => ({ kind: 'globalAvgPool' }),
  }),
  label: () => 'GlobalAvgPool',
  ...stateless,
  shapes: (_op, [x]) => overSpace(x, ([channels]) => [[channels, 1, 1]]),
  result: 'written',
  movesOnly: false,
  field: 'all',
  train: (c) => oneToOne(c, c.op, { kind: 'globalAvgPoolGrad', shape: c.inputShapes[0] ?? [] }),
  box: 'pool',
};
