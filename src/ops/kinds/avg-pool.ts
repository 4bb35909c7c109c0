import { type OpDescriptor, stateless } from '../descriptor.ts';
import { kernelLabel } from '../labels.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace } from '../shape.ts';
import { bool, signature } from '../signature.ts';
import { poolStride, type Window, windowField, windowOver, windowParams, windowShape } from '../window.ts';

export interface AvgPoolOp {
  readonly kind: 'avgPool';
  readonly window: Window;
  readonly countPad: boolean;
}

export const avgPool: OpDescriptor<AvgPoolOp> = {
  kind: 'avgPool',
  signature: signature({
    name: 'AvgPool',
    tensors: 1,
    doc: 'The mean over a window. `count_pad`: whether padding counts as zeros.',
    params: {
      kernel: windowParams.kernel,
      stride: poolStride,
      padding: windowParams.padding,
      count_pad: bool('Whether the mean counts padding.', { convention: 'countPad' }),
    },
    create: ({ kernel, stride = kernel, padding, count_pad }, x) => ({
      kind: 'avgPool',
      window: windowOver(x, { kernel, stride, padding }),
      countPad: count_pad,
    }),
  }),
  label: ({ window }) => `AvgPool ${kernelLabel(window.kernel)}`,
  ...stateless,
  shapes: ({ window }, [x]) => overSpace(x, (map) => windowShape(window, map)),
  result: 'written',
  movesOnly: false,
  field: windowField,
  train: (c) => oneToOne(c, c.op, { ...c.op, kind: 'avgPoolGrad', shape: c.inputShapes[0] ?? [] }),
  box: 'pool',
  joins: [],
};
