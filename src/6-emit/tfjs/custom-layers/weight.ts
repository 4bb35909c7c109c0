import type { LayerVariable, Shape, serialization, Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface WeightSettings {
  readonly shape: readonly number[];
  /** The initial value of all its numbers; absent where `std` is given. */
  readonly initial?: number;
  /** The deviation of the normal numbers that it begins with. */
  readonly std?: number;
}

/** A learned tensor, once for each sample of its input, whose values it ignores. */
export function weightClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetWeight extends settingsLayerClass<WeightSettings>(tf, ['shape', 'initial', 'std']) {
    static readonly className = 'EnetWeight';
    private value?: LayerVariable;

    override build(inputShape: Shape | Shape[]): void {
      const { shape, initial = 0, std } = this.settings;
      const { constant, randomNormal } = tf.initializers;
      const initialiser = std === undefined ? constant({ value: initial }) : randomNormal({ stddev: std });
      this.value = this.addWeight('value', [...shape], 'float32', initialiser, undefined, true);
      super.build(inputShape);
    }

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const [batch = null] = onlyShape(shape);
      return [batch, ...this.settings.shape];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const { shape } = this.settings;
        const [samples = 1] = onlyTensor(inputs).shape;
        const one = tf.reshape((this.value as LayerVariable).read(), [1, ...shape]);
        return tf.tile(one, [samples, ...shape.map(() => 1)]);
      });
    }
  };
}
