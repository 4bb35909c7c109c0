import type { Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from '../backend.ts';

/** From this length on, tfjs' webgpu backend may split sums (tfjs-backend-webgpu, BatchMatMul_impl). */
const parted = 2000;
/** Its flag for how products are computed, and the value for tiles that are each summed by one workgroup. */
const [flag, tiles] = ['WEBGPU_MATMUL_PROGRAM_TYPE', 3];

/** A product of matrices, or of stacks of them. */
export function product(tf: Tfjs, a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const multiply = () => tf.matMul(a, b, transposeA, transposeB);
  return (a.shape.at(transposeA ? -2 : -1) as number) < parted ? multiply() : inOrder(tf, multiply);
}

/**
 * Computes products deterministically. The webgpu backend adds the parts of long sums in the order in which they finish; a
 * resumed run would then differ from an uninterrupted one.
 */
export function inOrder<T>(tf: Tfjs, compute: () => T): T {
  if (tf.getBackend() !== 'webgpu') return compute();
  const before = tf.env().getNumber(flag);
  tf.env().set(flag, tiles);
  try {
    return compute();
  } finally {
    tf.env().set(flag, before);
  }
}

/**
 * The sum over all pixels of x's channels by dy's: x `[N, H, W, I]`, dy `[N, H, W, O]`; gives `[I, O]`. Many pixels are summed
 * in strips, side by side: a weight has too few numbers to keep a GPU busy with sequential sums.
 */
export function pixelProduct(tf: Tfjs, x: Tensor, dy: Tensor): Tensor {
  const [n = 0, height = 0, width = 0, input = 0] = x.shape;
  const out = dy.shape[3] as number;
  const pixels = n * height * width;
  if (pixels < parted) return product(tf, tf.reshape(x, [pixels, input]), tf.reshape(dy, [pixels, out]), true, false);
  const rows = rowsAStrip(height, width);
  const strips = [(n * height) / rows, rows * width];
  const parts = product(tf, tf.reshape(x, [...strips, input]), tf.reshape(dy, [...strips, out]), true, false);
  return tf.sum(parts, 0);
}

/** The smallest divisor of the height that gives a strip some hundred pixels. */
function rowsAStrip(height: number, width: number): number {
  for (let rows = 1; rows < height; rows++) if (height % rows === 0 && rows * width >= 256) return rows;
  return height;
}
