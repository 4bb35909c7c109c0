import { type OpDescriptor, stateless } from '../descriptor.ts';
import { batched } from '../steps.ts';

export interface InputOp {
  readonly kind: 'input';
  readonly name: string;
}

/** What is fed to the network. Its shape is stated where it is built. */
export const input: OpDescriptor<InputOp> = {
  kind: 'input',
  signature: undefined,
  label: (op) => op.name,
  ...stateless,
  shapes: () => [],
  result: 'given',
  movesOnly: false,
  field: 'row',
  train: ({ b, op, outputShapes }) => ({ outputs: [b.input(op.name, batched(outputShapes[0] ?? []))] }),
  box: 'pointwise',
};
