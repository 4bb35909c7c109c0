import { elementwiseParts, type OpDescriptor } from '../descriptor.ts';
import { signature } from '../signature.ts';
import { batched } from '../steps.ts';
import { gradientOver } from '../sum-to.ts';

export interface AddOp {
  readonly kind: 'add';
}

export const add: OpDescriptor<AddOp> = {
  kind: 'add',
  signature: signature({
    name: 'Add',
    tensors: 'many',
    doc: 'The sum, element by element; of numbers too.',
    params: {},
    numbers: (operands) => ({ scale: 1, offset: operands.reduce<number>((sum, n) => sum + (n ?? 0), 0) }),
    create: () => ({ kind: 'add' }),
  }),
  label: () => 'Add',
  ...elementwiseParts,
  train: (c) => ({
    outputs: [c.b.one({ kind: 'add' }, c.inputs, batched(c.outputShapes[0] ?? []), c.path)],
    pull: ([dy]) => ({ inputs: c.inputs.map((_input, i) => (dy && c.passes(i) ? gradientOver(c, dy, i) : undefined)) }),
  }),
};
