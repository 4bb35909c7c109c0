import { between, file, type Option, oneOf, option } from './option.ts';

/** How `compile --int8` finds the ranges of values and judges what comes of it. */
export const quantisationOptions: readonly Option[] = [
  option(
    'calibrate PATH',
    "with --int8: a picture, a folder of pictures, or 'noise'. The ranges of values are observed on these; a hundred, without labels, are enough",
    { repeatable: true, completes: 'file' },
  ),
  option(
    'judge PATH',
    'with --int8: pictures on which the result is compared with float32; by default every fifth picture of --calibrate, which is then not used for ranges',
    { repeatable: true, completes: 'file' },
  ),
  option(
    'ranges METHOD',
    'with --int8: how ranges follow from the observed values: all of them, all but a ten-thousandth, or with the least squared error (the default)',
    oneOf(['minmax', 'percentile', 'mse']),
  ),
  option(
    'activation-bits N',
    'with --int8: bits of the values between layers; 16 needs --opset 21. 8 by default',
    oneOf(['8', '16']),
  ),
  option(
    'correct WHAT',
    'with --int8: fit the integers of weights and biases to the float32 results, layer by layer (layers, the default), correct only biases, or nothing',
    oneOf(['layers', 'bias', 'none']),
  ),
  option('no-equalise', 'with --int8: do not equalise the ranges of channels'),
  option(
    'keep-agreement SHARE',
    'with --int8: return the costliest layers to float32 until this share of first answers (0.97) can be expected to be as in float32, from the noise of held-out pictures and how close the first two scores are',
    between(0, 1),
  ),
  option(
    'sqnr DB',
    'with --int8: return the costliest layers to float32 until the signal-to-noise ratio is at least DB decibels, such as 20',
    between(0, 200),
  ),
  option(
    'report FILE',
    'with --int8: write a page with the cost of each layer, what was done about it, and a comparison of size and latency',
    file,
  ),
];
