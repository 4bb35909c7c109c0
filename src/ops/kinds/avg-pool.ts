import { type OpDescriptor, stateless } from '../descriptor.ts';
import { kernelLabel } from '../labels.ts';
import { opLimits } from '../limits.ts';
import { oneToOne } from '../one-to-one.ts';
import type { Pair } from '../pair.ts';
import { overSpace, type Shape, type ShapeError } from '../shape.ts';
import { bool, type Param, signature, size } from '../signature.ts';
import { poolOver, poolParams, type Window, windowField, windowOver, windowShape } from '../window.ts';
import type { UpsampleOp } from './upsample.ts';

export interface AvgPoolOp {
  readonly kind: 'avgPool';
  readonly window: Window;
  readonly countPad: boolean;
}

/** The size of the window, where none is stated by `to`. */
const kernel: Param<Pair | undefined> = {
  ...poolParams.kernel,
  otherwise: { value: undefined, text: 'the areas of `to`' },
};

const onePixel: Pair = [1, 1];

/** The height and width of a result whose pixels are means over areas. */
const to: Param<Pair | undefined> = {
  ...size('Height and width of the result, a number or `[high, wide]`, whatever the size of the input.', [
    1,
    opLimits.pixels,
  ]),
  otherwise: { value: undefined, text: 'as the window leaves it' },
};

export const avgPool: OpDescriptor<AvgPoolOp, AvgPoolOp | UpsampleOp> = {
  kind: 'avgPool',
  signature: signature({
    name: 'AvgPool',
    tensors: 1,
    doc: 'The mean over a window. `count_pad`: whether padding counts as zeros. `round_up`: as in `MaxPool`; what it adds never counts. `to` in place of a window: the height and width of the result, whose pixels are means over areas, as in `AdaptiveAvgPool2d` of PyTorch.',
    params: {
      ...poolParams,
      kernel,
      count_pad: bool('Whether the mean counts padding.', { convention: 'countPad' }),
      to,
    },
    oneOf: ['kernel', 'to'],
    alone: 'to',
    create: ({ count_pad, to, kernel = onePixel, ...pool }, x): AvgPoolOp | UpsampleOp | ShapeError | undefined => {
      if (to) return meansOver(x, to);
      const { window, added } = poolOver(x, { ...pool, kernel });
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
};

/** Means over areas of about equal size: a plain pool where they are equal and disjoint; nothing where they are single pixels. */
function meansOver(x: Shape, [high, wide]: Pair): AvgPoolOp | UpsampleOp | ShapeError | undefined {
  const [, height, width] = x;
  if (height === undefined || width === undefined) return { error: 'needs-space', shape: x };
  if (height === high && width === wide) return undefined;
  if (height % high === 0 && width % wide === 0) {
    const kernel: Pair = [height / high, width / wide];
    const window = windowOver(x, { kernel, stride: kernel, padding: 'valid' });
    return { kind: 'avgPool', window, countPad: false };
  }
  const [rows, columns] = [
    { from: height, to: high },
    { from: width, to: wide },
  ];
  return { kind: 'upsample', mode: 'area', rows, columns };
}
