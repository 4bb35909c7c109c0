import { type OpDescriptor, zero } from '../descriptor.ts';
import type { Shape } from '../shape.ts';
import { real, shape, signature } from '../signature.ts';
import { batched, unbatched } from '../steps.ts';
import { ownTensor } from '../training-rule.ts';

/** A learned tensor, the same for all samples. */
export interface WeightOp {
  readonly kind: 'weight';
  readonly shape: Shape;
  readonly initial: number;
}

export const weight: OpDescriptor<WeightOp> = {
  kind: 'weight',
  signature: signature({
    name: 'Weight',
    tensors: 0,
    doc: 'A learned tensor of a shape, every number of which begins as `initial`: the scale of a layer, the weights of a fusion. It takes no tensor; weight decay leaves it alone.',
    params: {
      shape: shape('`[C, H, W]`, or `[C]` for a vector.'),
      initial: real('What its numbers begin as.', [-1e30, 1e30]),
    },
    create: (args) => ({ kind: 'weight', ...args }),
  }),
  label: () => 'Weight',
  // As the authors' code of ConvNeXt and EfficientDet has it, such numbers do not decay.
  tensors: ({ shape, initial }) => [
    { role: 'value', shape, trainable: true, decays: false, initial: { kind: 'constant', value: initial } },
  ],
  shapes: ({ shape }) => [shape],
  macs: zero,
  result: 'written',
  movesOnly: false,
  field: 'row',
  noise: zero,
  train: (c) => {
    const { b, op, path } = c;
    const value = ownTensor(c, 'value');
    return {
      outputs: [b.one({ kind: 'toSamples', shape: op.shape }, [value.value, c.sample()], batched(op.shape), path)],
      pull: ([dy]) => {
        if (!dy || !value.trains) return { inputs: [] };
        const gradient = b.one({ kind: 'sumSamples', shape: op.shape }, [dy], unbatched(op.shape), path);
        return { inputs: [], tensors: [[value, gradient]] };
      },
    };
  },
  box: 'pointwise',
  joins: [],
};
