import type { LayerVariable, Shape, serialization, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { spread } from './depthwise-conv.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

type Sides = readonly [before: number, after: number];

interface ConvTransposeSettings {
  readonly filters: number;
  readonly groups: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilationRate: readonly [number, number];
  /** Rows and columns taken from the sides of the output; negative adds. */
  readonly pads: readonly [rows: Sides, columns: Sides];
  readonly useBias: boolean;
}

/**
 * A transposed convolution with groups, dilation or padding of the output, which TensorFlow.js's `Conv2DTranspose` lacks. The
 * kernel is `[kh, kw, filters / groups, in]`.
 */
export function convTransposeClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetConv2DTranspose extends settingsLayerClass<ConvTransposeSettings>(tf, [
    'filters',
    'groups',
    'kernelSize',
    'strides',
    'dilationRate',
    'pads',
    'useBias',
  ]) {
    static readonly className = 'EnetConv2DTranspose';
    private kernel?: LayerVariable;
    private bias?: LayerVariable;

    override build(inputShape: Shape | Shape[]): void {
      const { filters, groups, kernelSize, useBias } = this.settings;
      const { varianceScaling, zeros } = tf.initializers;
      const initialiser = varianceScaling({ scale: 2, mode: 'fanIn', distribution: 'normal' });
      const shape = [...kernelSize, filters / groups, onlyShape(inputShape)[3] as number];
      this.kernel = this.addWeight('kernel', shape, 'float32', initialiser, undefined, true);
      if (useBias) this.bias = this.addWeight('bias', [filters], 'float32', zeros(), undefined, true);
      super.build(inputShape);
    }

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const [batch = null, height = null, width = null] = onlyShape(shape);
      const { pads, filters } = this.settings;
      const size = (n: number | null, axis: 0 | 1) =>
        n === null ? null : this.extent(n, axis) - pads[axis][0] - pads[axis][1];
      return [batch, size(height, 0), size(width, 1), filters];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = onlyTensor<Tensor4D>(inputs);
        const { filters, groups, strides, dilationRate } = this.settings;
        const [n, height, width] = x.shape;
        const whole = spread(tf, (this.kernel as LayerVariable).read() as Tensor4D, dilationRate);
        const kernels = tf.split(whole, groups, 3);
        const size: [number, number] = [this.extent(height, 0), this.extent(width, 1)];
        const parts = tf
          .split(x, groups, 3)
          .map((part, i) =>
            tf.conv2dTranspose(
              part as Tensor4D,
              kernels[i] as Tensor4D,
              [n, ...size, filters / groups],
              [...strides],
              'valid',
            ),
          );
        const y = this.fitted(tf.concat(parts, 3) as Tensor4D);
        return this.bias ? tf.add(y, this.bias.read() as Tensor1D) : y;
      });
    }

    /** The size before anything is taken from the sides. */
    private extent(n: number, axis: 0 | 1): number {
      const { kernelSize, strides, dilationRate } = this.settings;
      return (n - 1) * strides[axis] + (kernelSize[axis] - 1) * dilationRate[axis] + 1;
    }

    private fitted(y: Tensor4D): Tensor4D {
      const [n, height, width, channels] = y.shape;
      const { pads } = this.settings;
      const [rows, columns] = pads.map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)] as const) as [
        Sides,
        Sides,
      ];
      const size: [number, number] = [height - rows[0] - rows[1], width - columns[0] - columns[1]];
      const cut = tf.slice(y, [0, rows[0], columns[0], 0], [n, ...size, channels]);
      const more = pads.map(([before, after]): [number, number] => [Math.max(-before, 0), Math.max(-after, 0)]);
      return tf.pad(cut, [[0, 0], more[0] as [number, number], more[1] as [number, number], [0, 0]]);
    }
  };
}
