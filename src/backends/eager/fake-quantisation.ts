import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from '../backend.ts';
import { at, type OpKernels } from './kernel.ts';

/** The steps of a range of 8 bits, and the largest number of a weight. */
const steps = 255;
const mostWeight = 127;

/** Rounding as in int8 files. Ranges are `[least, most, weight]`. */
export const fakeQuantisationKernels: OpKernels<
  'valueRange' | 'fakeQuantize' | 'fakeQuantizeGrad' | 'fakeQuantizeFilters'
> = {
  valueRange: ({ tf }, _op, inputs) => {
    const least = inputs.map((x) => tf.min(x)).reduce((a, b) => tf.minimum(a, b));
    const most = inputs.map((x) => tf.max(x)).reduce((a, b) => tf.maximum(a, b));
    return tf.stack([least, most, tf.scalar(1)]);
  },
  fakeQuantize: ({ tf }, _op, inputs) => {
    const [x, range] = [at(inputs, 0), at(inputs, 1)];
    const { scale, zero, hasSeen } = gridOf(tf, range);
    const whole = tf.clipByValue(tf.add(tf.round(tf.div(x, scale)), zero), 0, steps);
    return chosen(tf, hasSeen, tf.mul(tf.sub(whole, zero), scale), x);
  },
  fakeQuantizeGrad: ({ tf }, _op, inputs) => {
    const [dy, x, range] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const { scale, zero, hasSeen } = gridOf(tf, range);
    const whole = tf.add(tf.round(tf.div(x, scale)), zero);
    const isWithin = tf.logicalAnd(tf.greaterEqual(whole, 0), tf.lessEqual(whole, steps));
    return chosen(tf, hasSeen, tf.where(isWithin, dy, tf.zerosLike(dy)), dy);
  },
  fakeQuantizeFilters: ({ tf }, _op, inputs) => {
    const weight = at(inputs, 0);
    // with TensorFlow's order of axes: filters last
    const axes = weight.shape.slice(0, -1).map((_, axis) => axis);
    const largest = tf.max(tf.abs(weight), axes, true);
    const scale = tf.div(tf.where(tf.greater(largest, 0), largest, tf.onesLike(largest)), mostWeight);
    return tf.mul(tf.round(tf.div(weight, scale)), scale);
  },
};

/** The step of a range, the number of steps below 0, and 1 where it has seen anything. */
function gridOf(tf: Tfjs, range: Tensor): { readonly scale: Tensor; readonly zero: Tensor; readonly hasSeen: Scalar } {
  const [least, most, weight] = tf.unstack(range) as [Scalar, Scalar, Scalar];
  const low = tf.minimum(tf.divNoNan(least, weight), 0);
  const width = tf.sub(tf.maximum(tf.divNoNan(most, weight), 0), low);
  const scale = tf.div(tf.where(tf.greater(width, 0), width, tf.onesLike(width)), steps);
  const zero = tf.clipByValue(tf.round(tf.neg(tf.div(low, scale))), 0, steps);
  return { scale, zero, hasSeen: tf.greater(weight, 0) as Scalar };
}

/** One value or the other, as a whole. */
function chosen(tf: Tfjs, condition: Scalar, x: Tensor, otherwise: Tensor): Tensor {
  return tf.where(
    tf.broadcastTo(
      tf.reshape(
        condition,
        x.shape.map(() => 1),
      ),
      x.shape,
    ),
    x,
    otherwise,
  );
}
