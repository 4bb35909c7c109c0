import { type Interpolation, nearestRows, type Resizing, transposedInterpolation } from '../../../ops/interpolation.ts';
import { float, int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, type NodeContext, reshape, type WriteStep } from './context.ts';

/** Maps at another size, and their gradients. */

export const upsample: WriteStep<'upsample'> = (c) => {
  const { mode, rows, columns } = c.op;
  // TensorFlow's own rule for nearest pixels multiplies with a rounded quotient, and may miss a pixel
  if (mode === 'nearest') return [gather(c, gather(c, first(c), rows, 1), columns, 2)];
  const attr = { align_corners: { bool: false }, half_pixel_centers: { bool: true } };
  return [add(c, 'ResizeBilinear', [first(c), c.b.integers([rows.to, columns.to])], attr)];
};

function gather(c: NodeContext, x: TensorName, axis: Resizing, at: number): TensorName {
  if (axis.from === axis.to) return x;
  const inputs = [x, c.b.integers(nearestRows(axis)), c.b.integer(at)];
  const attr = { Tparams: float, Tindices: int32, Taxis: int32, batch_dims: { int: 0 } };
  return c.b.node({ op: 'GatherV2', name: c.scope, inputs, attr });
}

/** By products with the shares of each row and column in those of the output. */
export const upsampleGrad: WriteStep<'upsampleGrad'> = (c) => {
  const { mode, rows, columns } = c.op;
  const [channels = 1] = dimsOf(c, 0);
  const across = fromLeft(c, reshape(c, first(c), [-1, columns.to, channels]), mode, columns);
  const down = fromLeft(c, reshape(c, across, [-1, rows.to, columns.from * channels]), mode, rows);
  return [reshape(c, down, [-1, rows.from, columns.from, channels])];
};

/** The product of the transposed shares with each matrix of a stack. */
function fromLeft(c: NodeContext, stack: TensorName, mode: Interpolation, axis: Resizing): TensorName {
  if (axis.from === axis.to) return stack;
  const values = [...transposedInterpolation(mode, axis)];
  const shares = c.b.constant({ dtype: 'DT_FLOAT', shape: [1, axis.from, axis.to], values });
  return add(c, 'BatchMatMulV2', [shares, stack], { adj_x: { bool: false }, adj_y: { bool: false } });
}
