import type { Shape, serialization, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Interpolation } from '../../../ops/interpolation.ts';
import { resize, resizeGradient } from '../resize.ts';
import type { Tfjs } from '../tfjs.ts';
import { onlyShape, onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface ResizingSettings {
  readonly height: number;
  readonly width: number;
  readonly interpolation: Interpolation;
}

/** Maps at another size: bilinear by the centres of pixels, as Keras' `Resizing`, or nearest at any ratio. */
export function resizingClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetResizing extends settingsLayerClass<ResizingSettings>(tf, ['height', 'width', 'interpolation']) {
    static readonly className = 'EnetResizing';

    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const [batch = null, , , channels = null] = onlyShape(shape);
      return [batch, this.settings.height, this.settings.width, channels];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const { height, width, interpolation } = this.settings;
      const x = onlyTensor<Tensor4D>(inputs);
      const rows = { from: x.shape[1], to: height };
      const columns = { from: x.shape[2], to: width };
      const resized = tf.customGrad((map) => ({
        value: resize(tf, map as Tensor4D, interpolation, rows, columns),
        gradFunc: (dy) => resizeGradient(tf, dy as Tensor4D, interpolation, rows, columns),
      }));
      return tf.tidy(() => resized(x));
    }
  };
}
