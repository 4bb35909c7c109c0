import { convParams } from '../conv-params.ts';
import { type OpDescriptor, zero } from '../descriptor.ts';
import { kernelLabel } from '../labels.ts';
import { elements, overSpace } from '../shape.ts';
import { signature } from '../signature.ts';
import { batched, type StepRef, unbatched } from '../steps.ts';
import { affineTensors } from '../tensor.ts';
import { ownTensor } from '../training-rule.ts';
import { tapsOf, type Window, windowField, windowOver, windowShape } from '../window.ts';
import { withBias } from '../with-bias.ts';

export interface ConvOp {
  readonly kind: 'conv';
  readonly filters: number;
  readonly window: Window;
  readonly groups: number;
  readonly bias: boolean;
}

/** Convolution: weight `[filters, inChannels / groups, high, wide]` of the kernel, bias `[filters]`. */
export const conv: OpDescriptor<ConvOp> = {
  kind: 'conv',
  signature: signature({
    name: 'Conv',
    tensors: 1,
    doc: 'Convolution over height and width. `groups: x.channels` makes it depthwise.',
    params: convParams,
    create: ({ channels, groups, bias, ...window }, x) => ({
      kind: 'conv',
      filters: channels,
      window: windowOver(x, window),
      groups,
      bias,
    }),
  }),
  label: (op, inChannels) => `${nameOf(op, inChannels)} ${kernelLabel(op.window.kernel)}`,
  // Normal with variance 2 / fan_out, fan_out = taps * filters / groups: `conv_kernel_initializer` of the EfficientNet
  // reference code (tensorflow/tpu, models/official/efficientnet).
  tensors: ({ filters, window, groups, bias }, [channels = 0]) =>
    affineTensors(
      [filters, channels / groups, ...window.kernel],
      { kind: 'normal', deviation: Math.sqrt(2 / ((tapsOf(window) * filters) / groups)) },
      bias,
    ),
  shapes: ({ filters, window, groups }, [x]) =>
    overSpace(x, (map) => {
      const [channels] = map;
      if (channels % groups !== 0 || filters % groups !== 0) {
        return { error: 'group-count', groups, input: channels, output: filters };
      }
      return windowShape(window, map, filters);
    }),
  macs: ({ groups, window }, [[channels = 0] = []], output) => elements(output) * (channels / groups) * tapsOf(window),
  result: 'written',
  movesOnly: false,
  field: windowField,
  noise: zero,
  train: (c) => {
    const { b, op, path, inputShapes, outputShapes } = c;
    const { window, groups } = op;
    const x = c.inputs[0] as StepRef;
    const weight = ownTensor(c, 'weight');
    const y = b.one({ kind: 'conv', window, groups }, [x, weight.value], batched(outputShapes[0] ?? []), path);
    return withBias(c, y, (dy) => {
      const shape = inputShapes[0] ?? [];
      const dx = c.passes(0)
        ? b.one({ kind: 'convGradInput', window, groups, shape }, [dy, weight.value], batched(shape), path)
        : undefined;
      if (!weight.trains) return { inputs: [dx] };
      const gradient = { kind: 'convGradWeight', window, groups, shape: weight.shape } as const;
      const dw = b.one(gradient, [x, dy], unbatched(weight.shape), path);
      return { inputs: [dx], tensors: [[weight, dw]] };
    });
  },
  box: (op, inChannels) => (isDepthwise(op, inChannels) ? 'depthwise' : 'conv'),
  joins: [],
};

/** Whether a convolution works on each channel by itself. */
export function isDepthwise({ groups }: ConvOp, inChannels: number): boolean {
  return groups > 1 && groups === inChannels;
}

function nameOf(op: ConvOp, inChannels: number): string {
  if (isDepthwise(op, inChannels)) return 'DWConv';
  return op.groups > 1 ? 'Grouped conv' : 'Conv';
}
