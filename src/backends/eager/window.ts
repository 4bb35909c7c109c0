import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { negated, type Pads, type Window } from '../../ops/window.ts';
import type { Tfjs } from '../backend.ts';

/** Puts `fill` around a map; negative pads crop. */
export function padAround(tf: Tfjs, x: Tensor4D, pads: Pads, fill = 0): Tensor4D {
  const { top, left, bottom, right } = pads;
  let result = x;
  if (Math.min(top, left, bottom, right) < 0) {
    const [n, height, width, channels] = x.shape;
    const begin: [number, number, number, number] = [0, Math.max(-top, 0), Math.max(-left, 0), 0];
    const rows = height + Math.min(top, 0) + Math.min(bottom, 0);
    const columns = width + Math.min(left, 0) + Math.min(right, 0);
    result = tf.slice(x, begin, [n, rows, columns, channels]);
  }
  if (Math.max(top, left, bottom, right) > 0) {
    const around = (before: number, after: number): [number, number] => [Math.max(before, 0), Math.max(after, 0)];
    result = tf.pad(result, [[0, 0], around(top, bottom), around(left, right), [0, 0]], fill);
  }
  return result;
}

/** The gradient of `padAround` by its input. */
export function unpad(tf: Tfjs, dy: Tensor4D, pads: Pads): Tensor4D {
  return padAround(tf, dy, negated(pads));
}

/** What the window's position `row`, `column` sees of a padded map, for all windows: `[N, OH, OW, C]`. */
export function seenAt(
  tf: Tfjs,
  padded: Tensor4D,
  window: Window,
  row: number,
  column: number,
  [outHeight, outWidth]: readonly [number, number],
): Tensor4D {
  const [n, height, width, channels] = padded.shape;
  const { stride, dilation } = window;
  const [top, left] = [row * dilation[0], column * dilation[1]];
  const [rows, columns] = [(outHeight - 1) * stride[0] + 1, (outWidth - 1) * stride[1] + 1];
  if (Math.max(...stride) === 1) {
    if (rows === height && columns === width) return padded;
    return tf.slice(padded, [0, top, left, 0], [n, rows, columns, channels]);
  }
  return tf.stridedSlice(
    padded,
    [0, top, left, 0],
    [n, top + rows, left + columns, channels],
    [1, ...stride, 1],
  ) as Tensor4D;
}

/** The gradient of `seenAt` by the padded map, of `height` x `width`. */
export function unseenAt(
  tf: Tfjs,
  dy: Tensor4D,
  window: Window,
  row: number,
  column: number,
  [height, width]: readonly [number, number],
): Tensor4D {
  const spread = spreadAlong(tf, spreadAlong(tf, dy, 1, window.stride[0]), 2, window.stride[1]) as Tensor4D;
  const [, rows = 0, columns = 0] = spread.shape;
  const [top, left] = [row * window.dilation[0], column * window.dilation[1]];
  return padAround(tf, spread, { top, left, bottom: height - top - rows, right: width - left - columns });
}

/** Zeros between neighbours along an axis, `step - 1` of them. */
export function spreadAlong(tf: Tfjs, x: Tensor, axis: number, step: number): Tensor {
  const size = x.shape[axis] as number;
  if (step === 1 || size === 1) return x;
  const product = (dims: readonly number[]) => dims.reduce((all, n) => all * n, 1);
  const [before, after] = [product(x.shape.slice(0, axis)), product(x.shape.slice(axis + 1))];
  const apart = tf.pad(tf.reshape(x, [before * size, 1, after]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  const extent = (size - 1) * step + 1;
  const cut = tf.slice(tf.reshape(apart, [before, size * step, after]), [0, 0, 0], [before, extent, after]);
  return tf.reshape(
    cut,
    x.shape.map((n, i) => (i === axis ? extent : n)),
  );
}
