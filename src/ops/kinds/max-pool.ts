import { type OpDescriptor, stateless } from '../descriptor.ts';
import { kernelLabel } from '../labels.ts';
import { overSpace } from '../shape.ts';
import { signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';
import { poolOver, poolParams, type Window, windowField, windowShape } from '../window.ts';

export interface MaxPoolOp {
  readonly kind: 'maxPool';
  readonly window: Window;
}

export const maxPool: OpDescriptor<MaxPoolOp> = {
  kind: 'maxPool',
  signature: signature({
    name: 'MaxPool',
    tensors: 1,
    doc: 'The maximum over a window. `round_up`: partial windows at the bottom and right edge count.',
    params: poolParams,
    create: (args, x) => ({ kind: 'maxPool', window: poolOver(x, args).window }),
  }),
  label: ({ window }) => `MaxPool ${kernelLabel(window.kernel)}`,
  ...stateless,
  shapes: ({ window }, [x]) => overSpace(x, (map) => windowShape(window, map)),
  result: 'written',
  movesOnly: true,
  field: windowField,
  train: ({ b, op, path, inputs, inputShapes, outputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    const y = b.one(op, [x], batched(outputShapes[0] ?? []), path);
    return {
      outputs: [y],
      pull: ([dy]) => {
        if (!passes(0)) return { inputs: [undefined] };
        const gradient = { kind: 'maxPoolGrad', window: op.window } as const;
        return { inputs: [b.one(gradient, [dy as StepRef, x, y], batched(inputShapes[0] ?? []), path)] };
      },
    };
  },
  box: 'pool',
};
