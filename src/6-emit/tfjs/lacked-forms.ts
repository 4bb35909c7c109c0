import { isDense } from '../../ops/window.ts';
import type { LackedForm } from '../lacked-form.ts';

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
  {
    what: 'a pool with dilation',
    isOf: (op) => (op.kind === 'maxPool' || op.kind === 'avgPool') && !isDense(op.window),
  },
  {
    // Some window would see padding alone, for which no result is defined.
    what: 'a pool padded by its window or more',
    isOf: (op) => {
      if (op.kind !== 'maxPool' && op.kind !== 'avgPool') return false;
      const { kernel, pads } = op.window;
      return Math.max(pads.top, pads.bottom) >= kernel[0] || Math.max(pads.left, pads.right) >= kernel[1];
    },
  },
];
