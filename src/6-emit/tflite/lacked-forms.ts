import { isDense } from '../../ops/window.ts';
import type { LackedForm } from '../lacked-form.ts';

/** What TensorFlow Lite has no operator for. */
export const lackedForms: readonly LackedForm[] = [
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
