import type { serialization, Tensor } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';
import { onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

/** The slope of MobileNetV3 (Howard et al. 2019), which is not Keras' own. */
const mobileNetSlope = 1 / 6;

/** The hard sigmoid of any slope, and the hard swish of MobileNetV3. */
export function activationClasses(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable>[] {
  const hardSigmoid = (x: Tensor, slope: number): Tensor => {
    const scaled = slope === mobileNetSlope ? x : tf.mul(x, 6 * slope);
    return tf.mul(tf.relu6(tf.add(scaled, 3)), 1 / 6);
  };

  /** min(max(slope x + 0.5, 0), 1), as relu6(6 slope x + 3) / 6; the slope is 1/6 where it is not stated. */
  class EnetHardSigmoid extends settingsLayerClass<{ readonly slope?: number }>(tf, ['slope']) {
    static readonly className = 'EnetHardSigmoid';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => hardSigmoid(onlyTensor(inputs), this.settings.slope ?? mobileNetSlope));
    }
  }

  /** x relu6(x + 3) / 6 */
  class EnetHardSwish extends tf.layers.Layer {
    static readonly className = 'EnetHardSwish';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const x = onlyTensor(inputs);
        return tf.mul(x, hardSigmoid(x, mobileNetSlope));
      });
    }
  }
  return [EnetHardSigmoid, EnetHardSwish];
}
