import type { LayerVariable, Shape, serialization, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { type ConvWindow, convShape } from './conv-shape.ts';
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
