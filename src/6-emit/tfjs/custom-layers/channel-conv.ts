import type { LayerVariable, Shape, serialization, Tensor } from '@tensorflow/tfjs';
import { channelConv } from '../channel-conv.ts';
import type { Tfjs } from '../tfjs.ts';
import { onlyTensor } from './only-tensor.ts';
import { settingsLayerClass } from './settings-layer.ts';

interface ChannelConvSettings {
  readonly kernelSize: number;
}

/** A convolution along the channels of each pixel, one kernel for all: `[1, k, 1]`. */
export function channelConvClass(tf: Tfjs): serialization.SerializableConstructor<serialization.Serializable> {
  return class EnetChannelConv extends settingsLayerClass<ChannelConvSettings>(tf, ['kernelSize']) {
    static readonly className = 'EnetChannelConv';
    private kernel?: LayerVariable;

    override build(inputShape: Shape | Shape[]): void {
      const { kernelSize } = this.settings;
      const initialiser = tf.initializers.randomNormal({ stddev: Math.sqrt(2 / kernelSize) });
      this.kernel = this.addWeight('channel_kernel', [1, kernelSize, 1], 'float32', initialiser, undefined, true);
      super.build(inputShape);
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => channelConv(tf, onlyTensor(inputs), (this.kernel as LayerVariable).read()));
    }
  };
}
