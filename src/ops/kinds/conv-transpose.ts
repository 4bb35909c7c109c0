import { convParams } from '../conv-params.ts';
import { type OpDescriptor, zero } from '../descriptor.ts';
import { kernelLabel } from '../labels.ts';
import { opLimits } from '../limits.ts';
import { both, type Pair } from '../pair.ts';
import { elements, overSpace, type ShapeError } from '../shape.ts';
import { type Padding, signature, size } from '../signature.ts';
import { batched, type StepRef, unbatched } from '../steps.ts';
import { affineTensors } from '../tensor.ts';
import { ownTensor } from '../training-rule.ts';
import { extentOf, type Pads, padsFor, tapsOf, type Window } from '../window.ts';
import { withBias } from '../with-bias.ts';

export interface ConvTransposeOp {
  readonly kind: 'convTranspose';
  readonly filters: number;
  /** The window of the convolution from its output to its input, which it reverses: it fits without a remainder. */
  readonly window: Window;
  readonly groups: number;
  readonly bias: boolean;
}

/** Transposed convolution, as PyTorch's: weight `[inChannels, filters / groups, high, wide]` of the kernel, bias `[filters]`. */
export const convTranspose: OpDescriptor<ConvTransposeOp> = {
  kind: 'convTranspose',
  signature: signature({
    name: 'ConvTranspose',
    tensors: 1,
    doc: 'Transposed convolution: each pixel of the input adds the kernel, times its value, to the output, `stride` pixels apart.',
    params: {
      ...convParams,
      output_padding: size(
        'Rows and columns added at the bottom and right of the output: a number, or `[high, wide]`.',
        [0, opLimits.kernel],
        { value: [0, 0], text: '0' },
      ),
    },
    create: ({ channels, groups, bias, padding, output_padding, ...moves }): ConvTransposeOp | ShapeError => {
      const pads = padsOf(padding, moves);
      const ends = [pads.bottom, pads.right] as const;
      const most = both((axis) => moves.stride[axis] - 1 + Math.min(ends[axis], 0));
      if (output_padding.some((n, axis) => n > (most[axis] ?? 0))) return { error: 'output-padding', most };
      const [bottom, right] = both((axis) => ends[axis] - output_padding[axis]);
      const window = { ...moves, pads: { ...pads, bottom, right } };
      return { kind: 'convTranspose', filters: channels, window, groups, bias };
    },
  }),
  label: (op, inChannels) => {
    const name =
      op.groups === 1 ? 'ConvTranspose' : op.groups === inChannels ? 'DWConvTranspose' : 'Grouped ConvTranspose';
    return `${name} ${kernelLabel(op.window.kernel)}`;
  },
  // As a convolution: what goes back through it keeps its variance, by the number of outputs that each of its inputs goes into.
  tensors: ({ filters, window, groups, bias }, [channels = 0]) => {
    const fanOut = (tapsOf(window) * filters) / groups;
    const own = affineTensors(
      [channels, filters / groups, ...window.kernel],
      { kind: 'normal', deviation: Math.sqrt(2 / fanOut) },
      bias,
    );
    return own.map((tensor) => (tensor.role === 'bias' ? { ...tensor, shape: [filters] } : tensor));
  },
  shapes: ({ filters, window, groups }, [x]) =>
    overSpace(x, ([channels, height, width]) => {
      if (channels % groups !== 0 || filters % groups !== 0) {
        return { error: 'group-count', groups, input: channels, output: filters };
      }
      const [high, wide] = transposedSize(window, [height, width]);
      if (high < 1 || wide < 1)
        return { error: 'output-vanishes', shape: [channels, height, width], kernel: window.kernel };
      return [[filters, high, wide]];
    }),
  macs: ({ filters, groups, window }, [x = []]) => elements(x) * (filters / groups) * tapsOf(window),
  result: 'written',
  movesOnly: false,
  field: ({ window }) => {
    const { stride, pads } = window;
    const extent = extentOf(window);
    const reach = (axis: 0 | 1, before: number) => ({
      size: Math.ceil(extent[axis] / stride[axis]),
      stride: 1 / stride[axis],
      before: Math.floor((extent[axis] - 1 - before) / stride[axis]),
    });
    return [reach(0, pads.top), reach(1, pads.left)];
  },
  noise: zero,
  // It is the gradient of a convolution by its input, so that its own gradient is the convolution.
  train: (c) => {
    const { b, op, path, inputShapes, outputShapes } = c;
    const { window, groups } = op;
    const x = c.inputs[0] as StepRef;
    const weight = ownTensor(c, 'weight');
    const shape = outputShapes[0] ?? [];
    const y = b.one({ kind: 'convGradInput', window, groups, shape }, [x, weight.value], batched(shape), path);
    return withBias(c, y, (dy) => {
      const dx = c.passes(0)
        ? b.one({ kind: 'conv', window, groups }, [dy, weight.value], batched(inputShapes[0] ?? []), path)
        : undefined;
      if (!weight.trains) return { inputs: [dx] };
      const gradient = { kind: 'convGradWeight', window, groups, shape: weight.shape } as const;
      return { inputs: [dx], tensors: [[weight, b.one(gradient, [dy, x], unbatched(weight.shape), path)]] };
    });
  },
  box: (op, inChannels) => (op.groups > 1 && op.groups === inChannels ? 'depthwise' : 'conv'),
  joins: [],
};

/** The height and width of a transposed convolution's output. */
export function transposedSize(window: Window, input: Pair): Pair {
  const { top, left, bottom, right } = window.pads;
  const extent = extentOf(window);
  const taken = [top + bottom, left + right] as const;
  return both((axis) => (input[axis] - 1) * window.stride[axis] + extent[axis] - taken[axis]);
}

/**
 * The rows and columns taken from the sides of the output; negative adds. `same` makes it the input's size times the stride,
 * as in Keras; the other rules take what they add to a convolution's input.
 */
function padsOf(padding: Padding, moves: Omit<Window, 'pads'>): Pads {
  if (padding !== 'same') return padsFor(padding, moves, [1, 1]);
  const extent = extentOf(moves);
  const [high, wide] = both((axis) => extent[axis] - moves.stride[axis]);
  const [top, left] = [Math.max(Math.floor(high / 2), 0), Math.max(Math.floor(wide / 2), 0)];
  return { top, left, bottom: high - top, right: wide - left };
}
