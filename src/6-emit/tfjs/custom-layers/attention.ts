import type { Shape, serialization, Tensor } from '@tensorflow/tfjs';
import { asMap, attentionParts } from '../attention.ts';
import type { Tfjs } from '../tfjs.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface AttentionSettings {
  readonly heads: number;
}

/** Scaled dot-product attention of three maps, pixels as tokens. */
export function attentionClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetAttention extends settingsLayerClass<AttentionSettings>(tf, ['heads']) {
    static readonly className = 'EnetAttention';

    override computeOutputShape(shapes: Shape | Shape[]): Shape {
      const [q = [], , v = []] = shapes as Shape[];
      return [...q.slice(0, 3), v[3] ?? null];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const maps = inputs as [Tensor, Tensor, Tensor];
        const { shares, v } = attentionParts(tf, maps, this.settings.heads, tf.matMul);
        return asMap(tf, tf.matMul(shares, v), maps[0].shape);
      });
    }
  };
}
