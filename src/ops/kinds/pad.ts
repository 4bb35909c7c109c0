import { type OpDescriptor, stateless } from '../descriptor.ts';
import { opLimits } from '../limits.ts';
import { oneToOne } from '../one-to-one.ts';
import { overSpace } from '../shape.ts';
import { int, signature } from '../signature.ts';
import type { Pads } from '../window.ts';

export interface PadOp {
  readonly kind: 'pad';
  readonly pads: Pads;
}

const most = opLimits.pixels;

export const pad: OpDescriptor<PadOp> = {
  kind: 'pad',
  signature: signature({
    name: 'Pad',
    tensors: 1,
    doc: 'Rows and columns of zeros at the top and left (`before`), at the bottom and right (`after`). Negative numbers take away.',
    params: {
      before: int('Rows and columns of zeros added at the top and left; negative takes away.', [-most, most]),
      after: int('The same at the bottom and right.', [-most, most]),
    },
    create: ({ before, after }) => ({
      kind: 'pad',
      pads: { top: before, left: before, bottom: after, right: after },
    }),
  }),
  label: () => 'Pad',
  ...stateless,
  shapes: ({ pads: { top, left, bottom, right } }, [x]) =>
    overSpace(x, ([channels, height, width]) => {
      // Where one side crops everything, the other adds only padding.
      const isLeft = (size: number, a: number, b: number) => size + Math.min(a, 0) + Math.min(b, 0) > 0;
      if (!isLeft(height, top, bottom) || !isLeft(width, left, right)) {
        return { error: 'output-vanishes', shape: [channels, height, width] };
      }
      return [[channels, height + top + bottom, width + left + right]];
    }),
  result: 'written',
  movesOnly: true,
  field: ({ pads }) => [
    { size: 1, stride: 1, before: pads.top },
    { size: 1, stride: 1, before: pads.left },
  ],
  train: (c) => oneToOne(c, c.op, { kind: 'pad', pads: negated(c.op.pads) }),
  box: 'pointwise',
};

function negated({ top, left, bottom, right }: Pads): Pads {
  return { top: -top, left: -left, bottom: -bottom, right: -right };
}
