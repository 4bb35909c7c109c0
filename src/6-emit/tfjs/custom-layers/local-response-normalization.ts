import type { serialization, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { LocalResponse } from '../../../ops/sample-norms.ts';
import type { Tfjs } from '../tfjs.ts';
import { onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

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
