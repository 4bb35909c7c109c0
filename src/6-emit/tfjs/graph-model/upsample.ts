import { isDyadic, nearestRows, type Resizing } from '../../../ops/interpolation.ts';
import { first, label, type WithOp } from '../../written-node.ts';
import { float, int32, type TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode } from './add.ts';

/** A map at another size; where TensorFlow's rounding would miss nearest pixels, they are gathered by their numbers. */
export function writeUpsample(c: WithOp<GraphModelNode, 'upsample'>): TensorName {
  const { mode, rows, columns } = c.op;
  const name = label(c, 'upsample');
  if (mode === 'nearest' && !(isDyadic(rows) && isDyadic(columns))) {
    return gather(c, gather(c, first(c), rows, 1, `${name}/rows`), columns, 2, name);
  }
  const operator = mode === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear';
  const attr = { align_corners: { bool: false }, half_pixel_centers: { bool: mode === 'bilinear' } };
  return add(c, operator, name, [first(c), c.b.integers([rows.to, columns.to])], attr);
}

function gather(c: GraphModelNode, x: TensorName, axis: Resizing, at: number, name: string): TensorName {
  if (axis.from === axis.to) return x;
  const inputs = [x, c.b.integers(nearestRows(axis)), c.b.integer(at)];
  const attr = { Tparams: float, Tindices: int32, Taxis: int32, batch_dims: { int: 0 } };
  return c.b.node({ op: 'GatherV2', name, inputs, attr });
}
