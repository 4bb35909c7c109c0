import type { Shape, serialization, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { lowest } from '../lowest.ts';
import type { Tfjs } from '../tfjs.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

/** How a pool's window moves, in rows and columns. */
interface PoolSettings {
  readonly poolSize: [number, number];
  readonly strides: [number, number];
  /** `[[top, bottom], [left, right]]` */
  readonly pads: [[number, number], [number, number]];
}

/** Pools with explicit pads, which TensorFlow's rules `same` and `valid` do not give. */
export function poolingClasses(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable>[] {
  abstract class PaddedPool extends settingsLayerClass<PoolSettings>(tf, ['poolSize', 'strides', 'pads']) {
    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const [batch = null, height = null, width = null, channels = null] = onlyShape(shape);
      const { poolSize, strides, pads } = this.settings;
      const size = (n: number | null, axis: 0 | 1) =>
        n === null ? null : Math.floor((n + pads[axis][0] + pads[axis][1] - poolSize[axis]) / strides[axis]) + 1;
      return [batch, size(height, 0), size(width, 1), channels];
    }

    protected padded(x: Tensor4D, value: number): Tensor4D {
      return tf.pad(x, [[0, 0], ...this.settings.pads, [0, 0]], value);
    }
  }

  /** The greatest of each window; padding never is. */
  class EnetMaxPooling2D extends PaddedPool {
    static readonly className = 'EnetMaxPooling2D';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = this.padded(onlyTensor<Tensor4D>(inputs), lowest);
        return tf.maxPool(x, this.settings.poolSize, this.settings.strides, 'valid');
      });
    }
  }

  /** The mean of each window's elements that are not padding. */
  class EnetAveragePooling2D extends PaddedPool {
    static readonly className = 'EnetAveragePooling2D';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const mean = (x: Tensor4D) =>
          tf.avgPool(this.padded(x, 0), this.settings.poolSize, this.settings.strides, 'valid');
        const x = onlyTensor<Tensor4D>(inputs);
        const [, height, width] = x.shape;
        // The mean with zeros counted, over the share of each window that is not padding.
        return tf.div(mean(x), mean(tf.ones([1, height, width, 1])));
      });
    }
  }
  return [EnetMaxPooling2D, EnetAveragePooling2D];
}
