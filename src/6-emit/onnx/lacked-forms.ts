import { extentOf, isDense } from '../../ops/window.ts';
import type { LackedForm } from '../lacked-form.ts';

/** What ONNX, or an opset that is written, has no operator for. */
export const lackedForms: readonly LackedForm[] = [
  {
    // AveragePool has dilations from opset 19 on; no pool of the language has any.
    what: 'an average pool with dilation',
    isOf: (op) => op.kind === 'avgPool' && !isDense(op.window),
  },
  {
    // Some window would see padding alone, for which ONNX defines no result; ONNX Runtime rejects the file.
    what: 'a pool padded by its window or more',
    isOf: (op) => {
      if (op.kind !== 'maxPool' && op.kind !== 'avgPool') return false;
      const { top, left, bottom, right } = op.window.pads;
      const [rows, columns] = extentOf(op.window);
      return Math.max(top, bottom) >= rows || Math.max(left, right) >= columns;
    },
  },
];
