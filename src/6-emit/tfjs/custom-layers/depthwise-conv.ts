import type { LayerVariable, Shape, serialization, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { type ConvWindow, convShape } from './conv-shape.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';

interface DepthwiseConvArguments extends ConvWindow {
  readonly name?: string;
  readonly depthMultiplier: number;
  readonly useBias: boolean;
}

/**
 * A convolution with filters of its own for each channel, and with dilation, which TensorFlow.js's `DepthwiseConv2D` reads
 * and does not use. Channels last; the kernel is `[kh, kw, in, multiplier]`.
 */
export function depthwiseConvClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  class EnetDepthwiseConv2D extends tf.layers.Layer {
    static readonly className = 'EnetDepthwiseConv2D';
    private readonly settings: Omit<DepthwiseConvArguments, 'name'>;
    private kernel?: LayerVariable;
    private bias?: LayerVariable;

    constructor(given: DepthwiseConvArguments) {
      const { depthMultiplier, kernelSize, strides, padding, dilationRate, useBias, ...rest } = given;
      super(rest);
      this.settings = { depthMultiplier, kernelSize, strides, padding, dilationRate, useBias };
    }

    override build(inputShape: Shape | Shape[]): void {
      const { depthMultiplier, kernelSize, useBias } = this.settings;
      const channels = onlyShape(inputShape)[3] as number;
      // Variance 2 / fan_out, where a filter sees one channel.
      const initialiser = tf.initializers.varianceScaling({ scale: 2, mode: 'fanOut', distribution: 'normal' });
      const shape = [...kernelSize, channels, depthMultiplier];
      this.kernel = this.addWeight('depthwise_kernel', shape, 'float32', initialiser, undefined, true);
      const filters = [channels * depthMultiplier];
      if (useBias) this.bias = this.addWeight('bias', filters, 'float32', tf.initializers.zeros(), undefined, true);
      super.build(inputShape);
    }

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const input = onlyShape(shape);
      return convShape(input, this.settings, (input[3] as number) * this.settings.depthMultiplier);
    }

    /**
     * The kernel with zeros between its taps: TensorFlow has no kernel for a dilated depthwise convolution on a CPU. No
     * tensor on the way has more than the four axes that all backends can pad.
     */
    private spread(kernel: Tensor4D): Tensor4D {
      const [height, width, channels, multiplier] = kernel.shape;
      const [down, across] = this.settings.dilationRate;
      const numbers = channels * multiplier;
      const rows = tf.pad(tf.reshape(kernel, [height, 1, width * numbers]), [
        [0, 0],
        [0, down - 1],
        [0, 0],
      ]);
      const taps = tf.pad(tf.reshape(rows, [height * down * width, 1, numbers]), [
        [0, 0],
        [0, across - 1],
        [0, 0],
      ]);
      const whole = tf.reshape(taps, [height * down, width * across, channels, multiplier]) as Tensor4D;
      const extent: [number, number] = [(height - 1) * down + 1, (width - 1) * across + 1];
      return tf.slice(whole, [0, 0, 0, 0], [...extent, channels, multiplier]);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const { strides, padding } = this.settings;
        const kernel = this.spread((this.kernel as LayerVariable).read() as Tensor4D);
        const y = tf.depthwiseConv2d(onlyTensor<Tensor4D>(inputs), kernel, strides, padding);
        return this.bias ? tf.add(y, this.bias.read() as Tensor1D) : y;
      });
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...this.settings };
    }
  }
  return EnetDepthwiseConv2D;
}
