import type { Shape } from '../../5-graph/graph.ts';
import {
  interpolationMatrix,
  nearestRows,
  type Resizing,
  transposedInterpolation,
  wholeFactor,
} from '../../ops/interpolation.ts';
import type { UpsampleOp } from '../../ops/kinds/upsample.ts';
import { addNode } from './add-node.ts';
import { int, text } from './attributes.ts';
import type { OnnxBuilder, OnnxValue } from './builder.ts';

/**
 * Resizes a map. Nearest pixels are a Resize where each row and column is repeated a whole number of times; at other ratios
 * runtimes find rows by rounded quotients, and miss some, so that pixels are gathered by index.
 */
export function resized(b: OnnxBuilder, x: OnnxValue, op: UpsampleOp, name: string): string {
  const { mode, rows, columns } = op;
  if (mode === 'bilinear') {
    const attributes = { mode: text('linear'), coordinate_transformation_mode: text('half_pixel') };
    return resize(b, x, op, name, attributes);
  }
  if (wholeFactor(rows) && wholeFactor(columns)) {
    const nearest = { mode: text('nearest'), nearest_mode: text('floor') };
    return resize(b, x, op, name, { ...nearest, coordinate_transformation_mode: text('asymmetric') });
  }
  const [channels = 1] = x.shape;
  if (mode === 'area') {
    const shares = b.matrix('means', [rows.to, rows.from], interpolationMatrix(mode, rows), x.name);
    const turned = transposedInterpolation(mode, columns);
    const across = b.matrix('means-across', [columns.from, columns.to], turned, x.name);
    const down = b.node({
      type: 'MatMul',
      inputs: [shares, x.name],
      name: `${name}/rows`,
      shapes: [[channels, rows.to, columns.from]],
      element: b.typeOf(x.name),
    })[0] as string;
    return addNode(b, 'MatMul', [down, across], name, [channels, rows.to, columns.to]);
  }
  const gathered = gather(b, x.name, rows, 2, `${name}/rows`, [channels, rows.to, columns.from]);
  return gather(b, gathered, columns, 3, name, [channels, rows.to, columns.to]);
}

/** By scales, since sizes would have to state the batch's. */
function resize(
  b: OnnxBuilder,
  x: OnnxValue,
  { rows, columns }: UpsampleOp,
  name: string,
  attributes: Parameters<typeof addNode>[5],
): string {
  const scales = b.numbers('scales', [1, 1, scaleOf(rows), scaleOf(columns)]);
  const [channels = 1] = x.shape;
  return addNode(b, 'Resize', [x.name, '', scales], name, [channels, rows.to, columns.to], attributes);
}

function gather(b: OnnxBuilder, x: string, axis: Resizing, at: number, name: string, shape: Shape): string {
  if (axis.from === axis.to) return x;
  return addNode(b, 'Gather', [x, b.integers('rows', nearestRows(axis))], name, shape, { axis: int(at) });
}

/** The least number of single precision that is not below `to / from`: the size is the floor of its product with `from`. */
function scaleOf({ from, to }: Resizing): number {
  const scale = new Float32Array([to / from]);
  if ((scale[0] as number) * from < to) new Int32Array(scale.buffer)[0]! += 1;
  return scale[0] as number;
}
