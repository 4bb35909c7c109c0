import { type OpDescriptor, stateless } from '../descriptor.ts';
import { kernelLabel } from '../labels.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace, type ShapeError } from '../shape.ts';
import { bool, signature } from '../signature.ts';
import { poolOver, poolParams, type Window, windowField, windowShape } from '../window.ts';

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
    doc: 'The mean over a window. `count_pad`: whether padding counts as zeros. `round_up`: as in `MaxPool`; what it adds never counts.',
    params: {
      ...poolParams,
      count_pad: bool('Whether the mean counts padding.', { convention: 'countPad' }),
    },
    create: ({ count_pad, ...pool }, x): AvgPoolOp | ShapeError => {
      const { window, added } = poolOver(x, pool);
      const isAdded = Math.max(...added) > 0;
      const { top, left, bottom, right } = window.pads;
      const isPadded = Math.max(top, left, bottom - added[0], right - added[1]) > 0;
      // padding that counts next to padding that does not is more than targets' pools know
      if (count_pad && isAdded && isPadded) return { error: 'counted-and-added' };
      return { kind: 'avgPool', window, countPad: count_pad && !isAdded };
    },
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
