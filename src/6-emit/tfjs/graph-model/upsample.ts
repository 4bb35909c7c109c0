import { interpolationMatrix, isDyadic, nearestRows, type Resizing } from '../../../ops/interpolation.ts';
import { first, label, type WithOp } from '../../written-node.ts';
import { float, int32, type TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode } from './add.ts';

/** Resizes a map; where TensorFlow's rounding would miss nearest pixels, they are gathered by index. */
export function writeUpsample(c: WithOp<GraphModelNode, 'upsample'>): TensorName {
  const { mode, rows, columns } = c.op;
  const name = label(c, 'upsample');
  if (mode === 'nearest' && !(isDyadic(rows) && isDyadic(columns))) {
    return gather(c, gather(c, first(c), rows, 1, `${name}/rows`), columns, 2, name);
  }
  if (mode === 'area') return means(c, rows, columns, name);
  const operator = mode === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear';
  const attr = { align_corners: { bool: false }, half_pixel_centers: { bool: mode === 'bilinear' } };
  return add(c, operator, name, [first(c), c.b.integers([rows.to, columns.to])], attr);
}

/** Means over areas, by products with the share that each row and column has in those of the result. */
function means(c: GraphModelNode, rows: Resizing, columns: Resizing, name: string): TensorName {
  const channels = c.inputShapes[0]?.[0] as number;
  const product = (x: TensorName, axis: Resizing, shape: readonly number[], what: string) => {
    const values = [...interpolationMatrix('area', axis)];
    const shares = c.b.constant({ dtype: 'DT_FLOAT', shape: [1, axis.to, axis.from], values });
    const stack = add(c, 'Reshape', `${what}/stack`, [x, c.b.integers(shape)], { Tshape: int32 });
    return add(c, 'BatchMatMulV2', what, [shares, stack], { adj_x: { bool: false }, adj_y: { bool: false } });
  };
  const across = product(first(c), columns, [-1, columns.from, channels], `${name}/columns`);
  const down = product(across, rows, [-1, rows.from, columns.to * channels], `${name}/rows`);
  return add(c, 'Reshape', name, [down, c.b.integers([-1, rows.to, columns.to, channels])], { Tshape: int32 });
}

function gather(c: GraphModelNode, x: TensorName, axis: Resizing, at: number, name: string): TensorName {
  if (axis.from === axis.to) return x;
  const inputs = [x, c.b.integers(nearestRows(axis)), c.b.integer(at)];
  const attr = { Tparams: float, Tindices: int32, Taxis: int32, batch_dims: { int: 0 } };
  return c.b.node({ op: 'GatherV2', name, inputs, attr });
}
