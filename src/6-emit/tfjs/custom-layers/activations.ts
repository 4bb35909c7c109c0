import type { serialization, Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { onlyTensor } from './only-tensor.ts';

/** The piecewise linear activations of MobileNetV3 (Howard et al. 2019), which are not Keras' own. */
export function activationClasses(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable>[] {
  const hardSigmoid = (x: Tensor): Tensor => tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6);

  /** relu6(x + 3) / 6 */
  class EnetHardSigmoid extends tf.layers.Layer {
    static readonly className = 'EnetHardSigmoid';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => hardSigmoid(onlyTensor(inputs)));
    }
  }

  /** x relu6(x + 3) / 6 */
  class EnetHardSwish extends tf.layers.Layer {
    static readonly className = 'EnetHardSwish';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = onlyTensor(inputs);
        return tf.mul(x, hardSigmoid(x));
      });
    }
  }
  return [EnetHardSigmoid, EnetHardSwish];
}
