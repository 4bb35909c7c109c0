import { type OpDescriptor, stateless } from '../descriptor.ts';
import { sameShape } from '../shape.ts';
import { signature } from '../signature.ts';
import { batched } from '../steps.ts';

export interface AddOp {
  readonly kind: 'add';
}

export const add: OpDescriptor<AddOp> = {
  kind: 'add',
  signature: signature({
    name: 'Add',
    tensors: 'many',
    doc: 'The sum of tensors of one shape.',
    params: {},
    create: () => ({ kind: 'add' }),
  }),
  label: () => 'Add',
  ...stateless,
  shapes: (_op, inputs) => {
    const [first = []] = inputs;
    return inputs.every((s) => sameShape(s, first)) ? [first] : { error: 'shape-mismatch', shapes: inputs };
  },
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  train: ({ b, path, inputs, inputShapes }) => ({
    outputs: [b.one({ kind: 'add' }, inputs, batched(inputShapes[0] ?? []), path)],
    pull: ([dy]) => ({ inputs: inputs.map(() => dy) }),
  }),
  box: 'join',
  joins: [],
};
