import { channelOrders, interpolations } from '../4-scale/preprocessing.ts';
import type { Option } from './option.ts';

/** How pictures become an input, where it differs from what the weights and the spec state. */
export const preprocessingOptions: readonly Option[] = [
  {
    name: 'mean',
    value: 'N,N,N',
    kind: 'numbers',
    description:
      "subtracted from the picture's values, which are 0 to 1: one number per channel, or one for all; by default those of the weights or the spec",
  },
  {
    name: 'std',
    value: 'N,N,N',
    kind: 'numbers',
    description: 'what the values are then divided by',
  },
  {
    name: 'channel-order',
    value: 'NAME',
    choices: channelOrders,
    description:
      "which colour comes first, in the network's input and in --mean and --std: rgb or bgr; by default that of the weights or the spec",
  },
  {
    name: 'interpolation',
    value: 'NAME',
    choices: interpolations,
    description: 'how pictures are resized: bicubic or bilinear; by default as the weights or the spec state',
  },
];

export const cropOption: Option = {
  name: 'crop',
  value: 'SHARE',
  kind: 'number',
  least: 0.01,
  most: 1,
  description: "the share of a picture's shorter side that is kept; by default that of the weights, else 0.875 or more",
};

export const labelsOption: Option = {
  name: 'labels',
  value: 'FILE',
  description: "the names of the classes, one per line or as JSON, or 'imagenet'; by default those of the weights",
  completes: 'file',
};
