import { channelOrders, interpolations } from '../4-scale/preprocessing.ts';
import { between, file, type Option, oneOf, option } from './option.ts';

/** How pictures become an input, where it differs from what the weights and the spec state. */
export const preprocessingOptions: readonly Option[] = [
  option(
    'mean N,N,N',
    "subtracted from the picture's values, which are 0 to 1: one number per channel, or one for all; by default those of the weights or the spec",
    { kind: 'numbers' },
  ),
  option('std N,N,N', 'what the values are then divided by', { kind: 'numbers' }),
  option(
    'channel-order NAME',
    "which colour comes first, in the network's input and in --mean and --std: rgb or bgr; by default that of the weights or the spec",
    oneOf(channelOrders),
  ),
  option(
    'interpolation NAME',
    'how pictures are resized: bicubic or bilinear; by default as the weights or the spec state',
    oneOf(interpolations),
  ),
];

export const cropOption: Option = option(
  'crop SHARE',
  "the share of a picture's shorter side that is kept; by default that of the weights, else 0.875 or more",
  between(0.01, 1),
);

export const labelsOption: Option = option(
  'labels FILE',
  "the names of the classes, one per line or as JSON, or 'imagenet'; by default those of the weights",
  file,
);
