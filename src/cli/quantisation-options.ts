import type { Option } from './option.ts';

/** How `compile --int8` finds the ranges of values and judges what comes of it. */
export const quantisationOptions: readonly Option[] = [
  {
    name: 'calibrate',
    value: 'PATH',
    repeatable: true,
    description:
      "with --int8: a picture, a folder of pictures, or 'noise'. What values the network has is seen on these; a hundred without labels are enough",
    completes: 'file',
  },
  {
    name: 'judge',
    value: 'PATH',
    repeatable: true,
    description:
      'with --int8: pictures on which the result is compared with float32; by default every fifth of those of --calibrate, which then takes no part in it',
    completes: 'file',
  },
  {
    name: 'ranges',
    value: 'METHOD',
    choices: ['minmax', 'percentile', 'mse'],
    description:
      'with --int8: how ranges are taken of what was seen: all of it, all but a ten-thousandth, or with the least squared error (the default)',
  },
  {
    name: 'activation-bits',
    value: 'N',
    choices: ['8', '16'],
    description: 'with --int8: of the values between layers; 16 needs --opset 21. 8 by default',
  },
  {
    name: 'correct',
    value: 'WHAT',
    choices: ['layers', 'bias', 'none'],
    description:
      'with --int8: fit the whole numbers of weights and biases to what float32 gives, layer by layer (layers, the default), correct biases alone, or nothing',
  },
  { name: 'no-equalise', description: 'with --int8: leave the channels of values as they are' },
  {
    name: 'keep-agreement',
    value: 'SHARE',
    kind: 'number',
    least: 0,
    most: 1,
    description:
      'with --int8: return the costliest layers to float32 until this share of first answers is that of float32 (0.97)',
  },
  {
    name: 'sqnr',
    value: 'DB',
    kind: 'number',
    least: 0,
    most: 200,
    description:
      'with --int8: return the costliest layers to float32 until the signal-to-noise ratio is at least N decibels, such as 20',
  },
  {
    name: 'report',
    value: 'FILE',
    description:
      'with --int8: write a page with what each layer costs, what was done about it, and how size and latency compare',
    completes: 'file',
  },
];
