import { channelConv } from '../../6-emit/tfjs/channel-conv.ts';
import { at, type OpKernels } from './kernel.ts';

/** Convolutions along channels, the last axis. The weight `[1, 1, k]` is held as `[1, k, 1]`. */
export const channelConvolutionKernels: OpKernels<'channelConv' | 'channelConvGradInput' | 'channelConvGradWeight'> = {
  channelConv: ({ tf }, _op, inputs) => channelConv(tf, at(inputs, 0), at(inputs, 1)),
  channelConvGradInput: ({ tf }, _op, inputs) => channelConv(tf, at(inputs, 0), tf.reverse(at(inputs, 1), 1)),
  channelConvGradWeight: ({ tf }, { shape }, inputs) => {
    const [x, dy] = [at(inputs, 0), at(inputs, 1)];
    const kernel = shape.at(-1) as number;
    const channels = x.shape.at(-1) as number;
    const half = (kernel - 1) / 2;
    const rows = tf.pad(tf.reshape(x, [-1, channels]), [
      [0, 0],
      [half, half],
    ]);
    const gradient = tf.reshape(dy, [-1, channels]);
    const taps = Array.from({ length: kernel }, (_, tap) =>
      tf.sum(tf.mul(tf.slice(rows, [0, tap], [gradient.shape[0] as number, channels]), gradient)),
    );
    return tf.reshape(tf.stack(taps), [1, kernel, 1]);
  },
};
