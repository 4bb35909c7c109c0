import type { LayerVariable, Shape, serialization, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { LocalResponse } from '../../../ops/sample-norms.ts';
import type { Tfjs } from '../tfjs.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface GroupNormSettings {
  readonly groups: number;
  readonly epsilon: number;
}

/** Normalisation over the channels of a group and all pixels, as Keras' `GroupNormalization`, which TensorFlow.js lacks. */
export function groupNormalizationClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetGroupNormalization extends settingsLayerClass<GroupNormSettings>(tf, ['groups', 'epsilon']) {
    static readonly className = 'EnetGroupNormalization';
    private gamma?: LayerVariable;
    private beta?: LayerVariable;

    override build(inputShape: Shape | Shape[]): void {
      const shape = [onlyShape(inputShape).at(-1) as number];
      this.gamma = this.addWeight('gamma', shape, 'float32', tf.initializers.ones(), undefined, true);
      this.beta = this.addWeight('beta', shape, 'float32', tf.initializers.zeros(), undefined, true);
      super.build(inputShape);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = onlyTensor(inputs);
        const { groups, epsilon } = this.settings;
        const channels = x.shape.at(-1) as number;
        const grouped = tf.reshape(x, [x.shape[0] as number, -1, groups, channels / groups]);
        const { mean, variance } = tf.moments(grouped, [1, 3], true);
        const normal = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, epsilon)));
        const scaled = tf.mul(tf.reshape(normal, x.shape), (this.gamma as LayerVariable).read());
        return tf.add(scaled, (this.beta as LayerVariable).read());
      });
    }
  };
}

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

/** Local response normalisation, whose alpha is divided by the size, unlike in TensorFlow's op. */
export function localResponseClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetLocalResponseNormalization extends settingsLayerClass<LocalResponse>(tf, [
    'size',
    'alpha',
    'beta',
    'k',
  ]) {
    static readonly className = 'EnetLocalResponseNormalization';

    override call(inputs: Tensor | Tensor[]): Tensor {
      const { size, alpha, beta, k } = this.settings;
      return tf.localResponseNormalization(onlyTensor<Tensor4D>(inputs), (size - 1) / 2, k, alpha / size, beta);
    }
  };
}
