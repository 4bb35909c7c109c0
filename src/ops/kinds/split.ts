import { type OpDescriptor, stateless } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import type { Shape } from '../shape.ts';
import { int, signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';

export interface SplitOp {
  readonly kind: 'split';
  readonly parts: number;
}

export const split: OpDescriptor<SplitOp> = {
  kind: 'split',
  signature: signature({
    name: 'Split',
    tensors: 1,
    givesList: true,
    doc: 'Divides the channels into equal parts: a list of tensors.',
    params: { parts: int('How many equal parts.', [1, opLimits.parts]) },
    create: ({ parts }) => ({ kind: 'split', parts }),
  }),
  label: (op) => `Split ${op.parts}`,
  ...stateless,
  shapes: ({ parts }, [x = []]) => {
    const [channels = 0, ...space] = x;
    if (channels % parts !== 0) return { error: 'channel-split', parts, channels };
    return new Array<Shape>(parts).fill([channels / parts, ...space]);
  },
  result: 'written',
  movesOnly: true,
  field: 'row',
  train: ({ b, path, inputs, inputShapes, outputShapes, passes }) => {
    const x = inputs[0] as StepRef;
    let from = 0;
    const outputs = outputShapes.map((shape) => {
      const to = from + (shape[0] ?? 0);
      const slice = { kind: 'slice', from, to } as const;
      from = to;
      return b.one(slice, [x], batched(shape), path);
    });
    return {
      outputs,
      pull: (dy) => {
        if (!passes(0)) return { inputs: [undefined] };
        const parts = outputShapes.map(
          (shape, i) => dy[i] ?? b.one({ kind: 'zeros', shape }, [x], batched(shape), path),
        );
        return { inputs: [b.one({ kind: 'concat' }, parts, batched(inputShapes[0] ?? []), path)] };
      },
    };
  },
  box: 'pointwise',
};
