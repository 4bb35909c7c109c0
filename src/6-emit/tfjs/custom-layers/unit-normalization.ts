import type { serialization, Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface UnitSettings {
  /** The least length that is divided by. */
  readonly epsilon: number;
}

/** Channels over their Euclidean length, as Keras' `UnitNormalization`, which TensorFlow.js lacks. */
export function unitNormalizationClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetUnitNormalization extends settingsLayerClass<UnitSettings>(tf, ['epsilon']) {
    static readonly className = 'EnetUnitNormalization';

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = onlyTensor(inputs);
        const squares = tf.sum(tf.square(x), -1, true);
        return tf.mul(x, tf.rsqrt(tf.maximum(squares, this.settings.epsilon ** 2)));
      });
    }
  };
}
