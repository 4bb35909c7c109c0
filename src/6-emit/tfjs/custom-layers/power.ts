import type { serialization, Tensor } from '@tensorflow/tfjs';
import { power } from '../power.ts';
import type { Tfjs } from '../tfjs.ts';
import { onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface PowerSettings {
  readonly exponent: number;
}

/** Powers of the numbers; as in our own training, the gradient at 0 is 0 where the slope is infinite. */
export function powerClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetPower extends settingsLayerClass<PowerSettings>(tf, ['exponent']) {
    static readonly className = 'EnetPower';

    override call(inputs: Tensor | Tensor[]): Tensor {
      const { exponent } = this.settings;
      const powers = tf.customGrad((x, save) => {
        const value = power(tf, x as Tensor, exponent);
        (save as (tensors: Tensor[]) => void)([x as Tensor, value]);
        return {
          value,
          gradFunc: (dy: Tensor, [given, y]: Tensor[]) =>
            tf.mul(tf.mul(dy, tf.divNoNan(y as Tensor, given as Tensor)), exponent),
        };
      });
      return tf.tidy(() => powers(onlyTensor(inputs)));
    }
  };
}
