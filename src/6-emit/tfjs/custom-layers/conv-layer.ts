import type { LayerVariable, Shape, serialization, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

export interface ConvSettings extends ConvWindow {
  readonly useBias: boolean;
}

/** What differs between our convolutions. */
export interface ConvForm<Settings extends ConvSettings> {
  readonly className: string;
  /** The names of its settings, in the order in which they are stored. */
  readonly settings: readonly (keyof Settings & string)[];
  readonly kernelName: string;
  /** How many filters there are over a number of channels. */
  filters(settings: Settings, channels: number): number;
  /** The axes of the kernel after height and width. */
  kernelAxes(settings: Settings, channels: number): readonly [inputs: number, outputs: number];
  /** The variance of the initial kernel, times its fan-out as Keras counts it by the kernel's shape. */
  initialScale(settings: Settings): number;
  convolve(settings: Settings, x: Tensor4D, kernel: Tensor4D): Tensor4D;
}

/** The class of a convolution's layer, channels last. */
export function convLayerClass<Settings extends ConvSettings>(
  tf: Tfjs,
  form: ConvForm<Settings>,
): serialization.SerializableConstructor<serialization.Serializable> {
  return class extends settingsLayerClass<Settings>(tf, form.settings) {
    static readonly className = form.className;
    private kernel?: LayerVariable;
    private bias?: LayerVariable;

    override build(inputShape: Shape | Shape[]): void {
      const { kernelSize, useBias } = this.settings;
      const channels = onlyShape(inputShape)[3] as number;
      const scale = form.initialScale(this.settings);
      const initialiser = tf.initializers.varianceScaling({ scale, mode: 'fanOut', distribution: 'normal' });
      const shape = [...kernelSize, ...form.kernelAxes(this.settings, channels)];
      this.kernel = this.addWeight(form.kernelName, shape, 'float32', initialiser, undefined, true);
      const filters = [form.filters(this.settings, channels)];
      if (useBias) this.bias = this.addWeight('bias', filters, 'float32', tf.initializers.zeros(), undefined, true);
      super.build(inputShape);
    }

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const input = onlyShape(shape);
      return convShape(input, this.settings, form.filters(this.settings, input[3] as number));
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const kernel = (this.kernel as LayerVariable).read() as Tensor4D;
        const y = form.convolve(this.settings, onlyTensor<Tensor4D>(inputs), kernel);
        return this.bias ? tf.add(y, this.bias.read() as Tensor1D) : y;
      });
    }
  };
}

/** How a convolution's window moves, in rows and columns. */
export interface ConvWindow {
  readonly kernelSize: [number, number];
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: [number, number];
}

/** The shape of a convolution's result, channels last; open sizes stay open. */
export function convShape(input: Shape, window: ConvWindow, filters: number): Shape {
  const [batch = null, height = null, width = null] = input;
  const { kernelSize, strides, padding, dilationRate } = window;
  const size = (n: number | null, axis: 0 | 1) => {
    if (n === null) return null;
    const extent = padding === 'same' ? 1 : (kernelSize[axis] - 1) * dilationRate[axis] + 1;
    return Math.ceil((n - extent + 1) / strides[axis]);
  };
  return [batch, size(height, 0), size(width, 1), filters];
}
