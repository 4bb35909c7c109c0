import {
  interpolationMatrix,
  nearestRows,
  type Resizing,
  transposedInterpolation,
} from '../../../ops/interpolation.ts';
import { float, int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, type NodeContext, reshape, type WriteStep } from './context.ts';

/** Maps at another size, and their gradients. */

export const upsample: WriteStep<'upsample'> = (c) => {
  const { mode, rows, columns } = c.op;
  // TensorFlow's own rule for nearest pixels multiplies with a rounded quotient, and may miss a pixel
  if (mode === 'nearest') return [gather(c, gather(c, first(c), rows, 1), columns, 2)];
  if (mode === 'area') return [timesShares(c, interpolationMatrix(mode, rows), interpolationMatrix(mode, columns))];
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
  return [timesShares(c, transposedInterpolation(mode, rows), transposedInterpolation(mode, columns))];
};

/** The products of a map's columns with shares of rows, `[to, height]`, and of its rows with shares of columns, `[to, width]`. */
function timesShares(c: NodeContext, rows: Float32Array, columns: Float32Array): TensorName {
  const [channels = 1, height = 1, width = 1] = dimsOf(c, 0);
  const [toRows, toColumns] = [rows.length / height, columns.length / width];
  const across = fromLeft(c, reshape(c, first(c), [-1, width, channels]), columns, width);
  const down = fromLeft(c, reshape(c, across, [-1, height, toColumns * channels]), rows, height);
  return reshape(c, down, [-1, toRows, toColumns, channels]);
}

/** The product of shares, `[to, rows]`, with each matrix of a stack. */
function fromLeft(c: NodeContext, stack: TensorName, values: Float32Array, rows: number): TensorName {
  const shape = [1, values.length / rows, rows];
  const shares = c.b.constant({ dtype: 'DT_FLOAT', shape, values: [...values] });
  return add(c, 'BatchMatMulV2', [shares, stack], { adj_x: { bool: false }, adj_y: { bool: false } });
}
