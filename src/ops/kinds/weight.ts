import { type OpDescriptor, zero } from '../descriptor.ts';
import type { Shape } from '../shape.ts';
import { type Param, real, shape, signature } from '../signature.ts';
import { batched, unbatched } from '../steps.ts';
import type { Initial } from '../tensor.ts';
import { ownTensor } from '../training-rule.ts';

/** A learned tensor, the same for all samples. */
export interface WeightOp {
  readonly kind: 'weight';
  readonly shape: Shape;
  readonly initial: Exclude<Initial, { kind: 'uniform' }>;
}

const open = (other: string) => ({ value: undefined, text: `as \`${other}\` says` });
const initial: Param<number | undefined> = {
  ...real('What all its numbers begin as.', [-1e30, 1e30]),
  otherwise: open('std'),
};
const std: Param<number | undefined> = {
  ...real('The standard deviation of the normal numbers around 0 that it begins with.', [0, 1e30]),
  otherwise: open('initial'),
};

export const weight: OpDescriptor<WeightOp> = {
  kind: 'weight',
  signature: signature({
    name: 'Weight',
    tensors: 0,
    doc: 'A learned tensor of a shape. Every number of it begins as `initial` (the scale of a layer, the weights of a fusion), or they are normal with the deviation `std` (embeddings of positions). It takes no tensor; weight decay leaves it alone.',
    params: {
      shape: shape('`[C, H, W]`, or `[C]` for a vector.'),
      initial,
      std,
    },
    oneOf: ['initial', 'std'],
    create: ({ shape, initial = 0, std }) => ({
      kind: 'weight',
      shape,
      initial: std === undefined ? { kind: 'constant', value: initial } : { kind: 'normal', deviation: std },
    }),
  }),
  label: () => 'Weight',
  // Such numbers do not decay, as in the authors' code of ConvNeXt and EfficientDet.
  tensors: ({ shape, initial }) => [{ role: 'value', shape, trainable: true, decays: false, initial }],
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
