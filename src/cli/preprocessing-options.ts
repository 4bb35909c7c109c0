import { channelOrders, interpolations } from '../4-scale/preprocessing.ts';
import type { Option } from './option.ts';

/** How pictures become an input, where it differs from what the weights and the spec state. */
export const preprocessingOptions: readonly Option[] = [
  {
    name: 'mean',
    value: 'N,N,N',
    kind: 'numbers',
    description:
      "subtracted from the picture's values of 0 to 1, a number a channel or one; the weights' or the spec's own by default",
  },
  {
    name: 'std',
    value: 'N,N,N',
    kind: 'numbers',
    description: 'what they are divided by then',
  },
  {
    name: 'channel-order',
    value: 'NAME',
    choices: channelOrders,
    description:
      "which colour comes first, in the network's input and in --mean and --std: rgb or bgr; by default as the weights or the spec state",
  },
  {
    name: 'interpolation',
    value: 'NAME',
    choices: interpolations,
    description: "how a picture takes the input's size: bicubic or bilinear; the weights' or the spec's own by default",
  },
];

export const cropOption: Option = {
  name: 'crop',
  value: 'SHARE',
  kind: 'number',
  least: 0.01,
  most: 1,
  description: "the share of a picture's shorter side that is kept; the weights' own by default, else 0.875 or more",
};

export const labelsOption: Option = {
  name: 'labels',
  value: 'FILE',
  description: "the names of the classes, one per line or as JSON; or 'imagenet'. Those of the weights by default",
  completes: 'file',
};
