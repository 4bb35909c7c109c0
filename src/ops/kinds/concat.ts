import { type OpDescriptor, stateless } from '../descriptor.ts';
import { signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';

export interface ConcatOp {
  readonly kind: 'concat';
}

export const concat: OpDescriptor<ConcatOp> = {
  kind: 'concat',
  signature: signature({
    name: 'Concat',
    tensors: 'many',
    doc: 'Joins along channels; height and width must agree.',
    params: {},
    create: () => ({ kind: 'concat' }),
  }),
  label: () => 'Concat',
  ...stateless,
  shapes: (_op, inputs) => {
    const [first = []] = inputs;
    const fits = inputs.every((s) => s.length === first.length && s[1] === first[1] && s[2] === first[2]);
    if (!fits) return { error: 'shape-mismatch', shapes: inputs };
    return [[inputs.reduce((sum, s) => sum + (s[0] as number), 0), ...first.slice(1)]];
  },
  result: 'written',
  movesOnly: true,
  field: 'row',
  train: ({ b, path, inputs, inputShapes, outputShapes, passes }) => ({
    outputs: [b.one({ kind: 'concat' }, inputs, batched(outputShapes[0] ?? []), path)],
    pull: ([dy]) => {
      let from = 0;
      const gradients = inputShapes.map((shape, i) => {
        const to = from + (shape[0] ?? 0);
        const slice = { kind: 'slice', from, to } as const;
        from = to;
        return passes(i) ? b.one(slice, [dy as StepRef], batched(shape), path) : undefined;
      });
      return { inputs: gradients };
    },
  }),
  box: 'pointwise',
};
