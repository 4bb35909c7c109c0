import { isDense } from '../../ops/window.ts';
import { dilatedPool, type LackedForm, overPaddedPool } from '../lacked-form.ts';

/** What TensorFlow.js has no form for. */
export const lackedForms: readonly LackedForm[] = [
  {
    what: 'a convolution with both stride and dilation',
    isOf: (op) => op.kind === 'conv' && Math.max(...op.window.stride) > 1 && !isDense(op.window),
  },
  {
    // TensorFlow.js's Dropout does nothing at a rate of 1, where it should let nothing through.
    what: 'a dropout of rate 1',
    isOf: (op) => (op.kind === 'dropout' || op.kind === 'dropPath') && op.rate === 1,
  },
  dilatedPool,
  overPaddedPool,
];
