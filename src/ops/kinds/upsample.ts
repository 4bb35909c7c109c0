import { type OpDescriptor, stateless } from '../descriptor.ts';
import type { Resampling, Resizing } from '../interpolation.ts';
import { kernelLabel } from '../labels.ts';
import { opLimits } from '../limits.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace } from '../shape.ts';
import { int, interpolation, type Param, signature, tensor } from '../signature.ts';

export interface UpsampleOp {
  readonly kind: 'upsample';
  readonly mode: Resampling;
  /** Height before and after. */
  readonly rows: Resizing;
  /** Width before and after. */
  readonly columns: Resizing;
}

const factor: Param<number | undefined> = {
  ...int('How many rows, and columns, each one becomes.', [1, opLimits.pixels]),
  otherwise: { value: undefined, text: 'the size of `to`' },
};

export const upsample: OpDescriptor<UpsampleOp> = {
  kind: 'upsample',
  signature: signature({
    name: 'Upsample',
    tensors: 1,
    doc: 'Height and width times `factor`, or those of the tensor `to`. By `nearest` or `bilinear`, as in PyTorch (`align_corners=False`, no antialiasing).',
    params: {
      factor,
      to: tensor('The tensor whose height and width it takes; a smaller one is allowed.', {
        value: undefined,
        text: '`factor` times its own size',
      }),
      mode: interpolation('nearest or bilinear.', { value: 'nearest' }),
    },
    oneOf: ['factor', 'to'],
    create: ({ factor = 1, to, mode }, [, height = 1, width = 1]) => ({
      kind: 'upsample',
      mode,
      rows: { from: height, to: to ? (to[1] ?? 1) : height * factor },
      columns: { from: width, to: to ? (to[2] ?? 1) : width * factor },
    }),
  }),
  label: ({ mode, rows, columns }) => {
    if (mode === 'area') return `AvgPool to ${kernelLabel([rows.to, columns.to])}`;
    const factor = rows.to / rows.from;
    const isEven = Number.isInteger(factor) && factor === columns.to / columns.from;
    return `Upsample ${isEven ? `×${factor}` : `to ${rows.to}×${columns.to}`}${mode === 'nearest' ? '' : `, ${mode}`}`;
  },
  ...stateless,
  shapes: ({ rows, columns }, [x]) => overSpace(x, ([channels]) => [[channels, rows.to, columns.to]]),
  result: 'written',
  movesOnly: false,
  field: ({ mode, rows, columns }) => {
    const sizes = { nearest: () => 1, bilinear: () => 2, area: ({ from, to }: Resizing) => Math.ceil(from / to) + 1 };
    const reach = (axis: Resizing) => ({ size: sizes[mode](axis), stride: axis.from / axis.to, before: 0 });
    return [reach(rows), reach(columns)];
  },
  train: (c) => oneToOne(c, c.op, { ...c.op, kind: 'upsampleGrad' }),
  box: 'pointwise',
};
