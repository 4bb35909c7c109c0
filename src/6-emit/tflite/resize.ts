import { interpolationMatrix, isDyadic, nearestRows, type Resizing } from '../../ops/interpolation.ts';
import { optionFields } from '../../weights/readers/tflite/schema.ts';
import { first, label, type WithOp } from '../written-node.ts';
import { add, type LiteNode, reshape } from './add.ts';
import { bool, int32 } from './flat-tables.ts';

/** Resizes a map; where TensorFlow Lite's rounding would miss nearest pixels, they are gathered by index. */
export function writeUpsample(c: WithOp<LiteNode, 'upsample'>): string {
  const { mode, rows, columns } = c.op;
  const [channels = 1] = c.inputShapes[0] ?? [];
  const name = label(c, 'upsample');
  const shape = [rows.to, columns.to, channels];
  if (mode === 'area') return means(c, rows, columns, name);
  const size = c.b.integers([rows.to, columns.to]);
  if (mode === 'bilinear') {
    const centres = [[optionFields.resizeBilinear.halfPixelCentres, bool(true)]] as const;
    return add(c, 'resizeBilinear', [first(c), size], name, shape, centres, 3);
  }
  if (isDyadic(rows) && isDyadic(columns)) return add(c, 'resizeNearest', [first(c), size], name, shape);
  const down = gather(c, first(c), rows, 1, `${name}/rows`, [rows.to, columns.from, channels]);
  return gather(c, down, columns, 2, name, shape);
}

/** Means over areas, by products with the share that each row and column has in those of the result. */
function means(c: LiteNode, rows: Resizing, columns: Resizing, name: string): string {
  const channels = c.inputShapes[0]?.[0] as number;
  const across = product(c, first(c), columns, `${name}/columns`, [rows.from, columns.to, channels]);
  const wide = columns.to * channels;
  const stack = reshape(c, across, `${name}/stack`, [1, rows.from, wide]);
  const down = product(c, stack, rows, `${name}/rows`, [1, rows.to, wide]);
  return reshape(c, down, name, [rows.to, columns.to, channels]);
}

/** The product of the shares along an axis, `[to, from]`, with each matrix of a stack. */
function product(c: LiteNode, stack: string, axis: Resizing, name: string, shape: readonly number[]): string {
  const shares = c.b.numbers(`${name}/shares`, [1, 1, axis.to, axis.from], interpolationMatrix('area', axis));
  return add(c, 'batchMatMul', [shares, stack], name, shape, [
    [optionFields.batchMatMul.adjointX, bool(false)],
    [optionFields.batchMatMul.adjointY, bool(false)],
  ]);
}

function gather(c: LiteNode, x: string, axis: Resizing, at: number, name: string, shape: readonly number[]): string {
  if (axis.from === axis.to) return x;
  const options = [[optionFields.gather.axis, int32(at)]] as const;
  return add(c, 'gather', [x, c.b.integers(nearestRows(axis))], name, shape, options);
}
