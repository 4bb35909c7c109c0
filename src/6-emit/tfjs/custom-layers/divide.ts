import type { Shape, serialization, Tensor } from '@tensorflow/tfjs';
import { joinedShape } from '../../../ops/shape.ts';
import type { Tfjs } from '../tfjs.ts';

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
