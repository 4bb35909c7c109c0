import type { LayerVariable, Shape, serialization, Tensor } from '@tensorflow/tfjs';
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
