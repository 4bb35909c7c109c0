import type { Option } from './option.ts';

/** How `compile --int8` finds the ranges of values and judges what comes of it. */
export const quantisationOptions: readonly Option[] = [
  {
    name: 'calibrate',
    value: 'PATH',
    repeatable: true,
    description:
      "with --int8: a picture, a folder of pictures, or 'noise'. The ranges of values are observed on these; a hundred, without labels, are enough",
    completes: 'file',
  },
  {
    name: 'judge',
    value: 'PATH',
    repeatable: true,
    description:
      'with --int8: pictures on which the result is compared with float32; by default every fifth picture of --calibrate, which is then not used for ranges',
    completes: 'file',
  },
  {
    name: 'ranges',
    value: 'METHOD',
    choices: ['minmax', 'percentile', 'mse'],
    description:
      'with --int8: how ranges follow from the observed values: all of them, all but a ten-thousandth, or with the least squared error (the default)',
  },
  {
    name: 'activation-bits',
    value: 'N',
    choices: ['8', '16'],
    description: 'with --int8: bits of the values between layers; 16 needs --opset 21. 8 by default',
  },
  {
    name: 'correct',
    value: 'WHAT',
    choices: ['layers', 'bias', 'none'],
    description:
      'with --int8: fit the integers of weights and biases to the float32 results, layer by layer (layers, the default), correct only biases, or nothing',
  },
  { name: 'no-equalise', description: 'with --int8: do not equalise the ranges of channels' },
  {
    name: 'keep-agreement',
    value: 'SHARE',
    kind: 'number',
    least: 0,
    most: 1,
    description:
      'with --int8: return the costliest layers to float32 until this share of first answers agrees with float32 (0.97)',
  },
  {
    name: 'sqnr',
    value: 'DB',
    kind: 'number',
    least: 0,
    most: 200,
    description:
      'with --int8: return the costliest layers to float32 until the signal-to-noise ratio is at least DB decibels, such as 20',
  },
  {
    name: 'report',
    value: 'FILE',
    description:
      'with --int8: write a page with the cost of each layer, what was done about it, and a comparison of size and latency',
    completes: 'file',
  },
];
