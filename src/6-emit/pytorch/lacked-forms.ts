import { extentOf } from '../../ops/window.ts';
import type { LackedForm } from '../lacked-form.ts';

/** What PyTorch has no result for, or no module. */
export const lackedForms: readonly LackedForm[] = [
  {
    // Some window would see padding alone.
    what: 'a pool padded by its window or more',
    isOf: (op) => {
      if (op.kind !== 'maxPool' && op.kind !== 'avgPool') return false;
      const { top, left, bottom, right } = op.window.pads;
      const [rows, columns] = extentOf(op.window);
      return Math.max(top, bottom) >= rows || Math.max(left, right) >= columns;
    },
  },
];
