import type { Shape, serialization, Tensor } from '@tensorflow/tfjs';
import { joinedShape } from '../../../ops/shape.ts';
import { power } from '../power.ts';
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

/** The first input over the second, with broadcasting. */
export function divideClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetDivide extends tf.layers.Layer {
    static readonly className = 'EnetDivide';

    override computeOutputShape(shapes: Shape | Shape[]): Shape {
      const [a, b] = shapes as [Shape, Shape];
      return [null, ...joinedShape(a.slice(1) as number[], b.slice(1) as number[])];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const [a, b] = inputs as [Tensor, Tensor];
      return tf.tidy(() => tf.div(a, b));
    }
  };
}

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
