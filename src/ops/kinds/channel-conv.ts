import { type OpDescriptor, zero } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import { elements, sameAsInput } from '../shape.ts';
import { int, signature } from '../signature.ts';
import { batched, type StepRef, unbatched } from '../steps.ts';
import { affineTensors } from '../tensor.ts';
import { ownTensor } from '../training-rule.ts';

export interface ChannelConvOp {
  readonly kind: 'channelConv';
  readonly kernel: number;
}

/** Convolution along the channels of each pixel: weight `[1, 1, kernel]`, as that of PyTorch's Conv1d over them. */
export const channelConv: OpDescriptor<ChannelConvOp> = {
  kind: 'channelConv',
  signature: signature({
    name: 'ChannelConv',
    tensors: 1,
    doc: 'Convolution along the channels of each pixel: one kernel for all, zeros beyond the first and the last channel, no bias. After `GlobalAvgPool` it is the gate of ECA (Wang et al. 2020).',
    params: { kernel: { ...int('How many neighbouring channels it reads.', [1, opLimits.kernel]), odd: true } },
    create: ({ kernel }) => ({ kind: 'channelConv', kernel }),
  }),
  label: ({ kernel }) => `Channel conv ${kernel}`,
  // as a convolution of one filter
  tensors: ({ kernel }) => affineTensors([1, 1, kernel], { kind: 'normal', deviation: Math.sqrt(2 / kernel) }, false),
  shapes: sameAsInput,
  macs: ({ kernel }, _inputs, output) => elements(output) * kernel,
  result: 'written',
  movesOnly: false,
  field: 'row',
  noise: zero,
  train: (c) => {
    const { b, path, inputShapes } = c;
    const x = c.inputs[0] as StepRef;
    const shape = batched(inputShapes[0] ?? []);
    const weight = ownTensor(c, 'weight');
    return {
      outputs: [b.one({ kind: 'channelConv' }, [x, weight.value], shape, path)],
      pull: ([given]) => {
        const dy = given as StepRef;
        const dx = c.passes(0) ? b.one({ kind: 'channelConvGradInput' }, [dy, weight.value], shape, path) : undefined;
        if (!weight.trains) return { inputs: [dx] };
        const gradient = { kind: 'channelConvGradWeight', shape: weight.shape } as const;
        return { inputs: [dx], tensors: [[weight, b.one(gradient, [x, dy], unbatched(weight.shape), path)]] };
      },
    };
  },
  box: 'pointwise',
  joins: [],
};
