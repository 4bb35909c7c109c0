import type { LayerVariable, Shape, serialization, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { type ConvWindow, convShape } from './conv-shape.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';

interface GroupedConvArguments extends ConvWindow {
  readonly name?: string;
  readonly filters: number;
  readonly groups: number;
  readonly useBias: boolean;
}

/**
 * A convolution whose channels are cut into groups, each with filters of its own: Keras' `Conv2D` with `groups`, which
 * TensorFlow.js's lacks. Channels last; the kernel is `[kh, kw, in / groups, filters]`.
 */
export function groupedConvClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  class EnetGroupedConv2D extends tf.layers.Layer {
    static readonly className = 'EnetGroupedConv2D';
    private readonly settings: Omit<GroupedConvArguments, 'name'>;
    private kernel?: LayerVariable;
    private bias?: LayerVariable;

    constructor({
      filters,
      groups,
      kernelSize,
      strides,
      padding,
      dilationRate,
      useBias,
      ...rest
    }: GroupedConvArguments) {
      super(rest);
      this.settings = { filters, groups, kernelSize, strides, padding, dilationRate, useBias };
    }

    override build(inputShape: Shape | Shape[]): void {
      const { filters, groups, kernelSize, useBias } = this.settings;
      const channels = onlyShape(inputShape)[3] as number;
      // Variance 2 / fan_out, where a group's share of the filters counts.
      const initialiser = tf.initializers.varianceScaling({
        scale: 2 * groups,
        mode: 'fanOut',
        distribution: 'normal',
      });
      const shape = [...kernelSize, channels / groups, filters];
      this.kernel = this.addWeight('kernel', shape, 'float32', initialiser, undefined, true);
      if (useBias) this.bias = this.addWeight('bias', [filters], 'float32', tf.initializers.zeros(), undefined, true);
      super.build(inputShape);
    }

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      return convShape(onlyShape(shape), this.settings, this.settings.filters);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const { groups, strides, padding, dilationRate } = this.settings;
        const kernels = tf.split((this.kernel as LayerVariable).read() as Tensor4D, groups, 3);
        const parts = tf.split(onlyTensor<Tensor4D>(inputs), groups, 3);
        const results = parts.map((part, i) =>
          tf.conv2d(part as Tensor4D, kernels[i] as Tensor4D, strides, padding, 'NHWC', dilationRate),
        );
        const joined = tf.concat(results, 3);
        return this.bias ? tf.add(joined, this.bias.read() as Tensor1D) : joined;
      });
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...this.settings };
    }
  }
  return EnetGroupedConv2D;
}
