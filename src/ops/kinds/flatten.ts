import { type OpDescriptor, stateless } from '../descriptor.ts';
import { oneToOne } from '../one-to-one.ts';
import { elements } from '../shape.ts';
import { signature } from '../signature.ts';

export interface FlattenOp {
  readonly kind: 'flatten';
}

export const flatten: OpDescriptor<FlattenOp> = {
  kind: 'flatten',
  signature: signature({
    name: 'Flatten',
    tensors: 1,
    doc: 'A map as a vector, `[C * H * W]`: all pixels of the first channel, row by row, then those of the next, as in PyTorch. `Linear` flattens its input by itself.',
    params: {},
    create: (_args, { length }) => (length === 1 ? undefined : { kind: 'flatten' }),
  }),
  label: () => 'Flatten',
  ...stateless,
  shapes: (_op, [x = []]) => [[elements(x)]],
  result: 'written',
  movesOnly: true,
  field: 'all',
  train: (c) => oneToOne(c, c.op, { kind: 'unflatten', shape: c.inputShapes[0] ?? [] }),
  box: 'pointwise',
};
