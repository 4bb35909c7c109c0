import { opLimits } from './limits.ts';
import { bool, int, size } from './signature.ts';
import { strideRange, windowParams } from './window.ts';

/** The parameters of a convolution, transposed or not, in the order of positional arguments. */
export const convParams = {
  channels: int('Filters: channels of the output.', [1, opLimits.channels]),
  kernel: windowParams.kernel,
  stride: size('Step of the window: a number, or `[high, wide]`.', strideRange, { value: [1, 1], text: '1' }),
  groups: int('Groups of channels that do not see each other.', [1, opLimits.channels], { value: 1 }),
  bias: bool('Whether a bias is added.', { value: true }),
  padding: windowParams.padding,
  dilation: size('Distance between the taps of the window: a number, or `[high, wide]`.', [1, opLimits.kernel], {
    value: [1, 1],
    text: '1',
  }),
};
