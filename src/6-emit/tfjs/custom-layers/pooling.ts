import type { Shape, serialization, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';

/** How a pool's window moves, in rows and columns. */
interface PoolArguments {
  readonly name?: string;
  readonly poolSize: [number, number];
  readonly strides: [number, number];
  /** `[[top, bottom], [left, right]]` */
  readonly pads: [[number, number], [number, number]];
}

/** The least number of single precision: an infinity is no constant in WebGPU's shaders. */
const lowest = -3.4028234663852886e38;

/** Pools with pads of their own choosing, which TensorFlow's rules `same` and `valid` do not give. */
export function poolingClasses(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable>[] {
  abstract class PaddedPool extends tf.layers.Layer {
    protected readonly poolSize: [number, number];
    protected readonly strides: [number, number];
    protected readonly pads: PoolArguments['pads'];

    constructor({ poolSize, strides, pads, ...rest }: PoolArguments) {
      super(rest);
      this.poolSize = poolSize;
      this.strides = strides;
      this.pads = pads;
    }

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const [batch = null, height = null, width = null, channels = null] = onlyShape(shape);
      const size = (n: number | null, axis: 0 | 1) =>
        n === null
          ? null
          : Math.floor((n + this.pads[axis][0] + this.pads[axis][1] - this.poolSize[axis]) / this.strides[axis]) + 1;
      return [batch, size(height, 0), size(width, 1), channels];
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), poolSize: this.poolSize, strides: this.strides, pads: this.pads };
    }

    protected padded(x: Tensor4D, value: number): Tensor4D {
      return tf.pad(x, [[0, 0], ...this.pads, [0, 0]], value);
    }
  }

  /** The greatest of each window; padding never is. */
  class EnetMaxPooling2D extends PaddedPool {
    static readonly className = 'EnetMaxPooling2D';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = this.padded(onlyTensor<Tensor4D>(inputs), lowest);
        return tf.maxPool(x, this.poolSize, this.strides, 'valid');
      });
    }
  }

  /** The mean of each window's elements that are no padding. */
  class EnetAveragePooling2D extends PaddedPool {
    static readonly className = 'EnetAveragePooling2D';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const mean = (x: Tensor4D) => tf.avgPool(this.padded(x, 0), this.poolSize, this.strides, 'valid');
        const x = onlyTensor<Tensor4D>(inputs);
        const [, height, width] = x.shape;
        // The mean with zeros counted, over the share of each window that is no padding.
        return tf.div(mean(x), mean(tf.ones([1, height, width, 1])));
      });
    }
  }
  return [EnetMaxPooling2D, EnetAveragePooling2D];
}
