import type { LackedForm } from '../lacked-form.ts';

/** What ONNX, or an opset that is written, has no operator for. */
export const lackedForms: readonly LackedForm[] = [
  {
    // AveragePool has dilations from opset 19 on; no pool of the language has any.
    what: 'an average pool with dilation',
    isOf: (op) => op.kind === 'avgPool' && op.window.dilation !== 1,
  },
  {
    // Some window would see padding alone, for which ONNX defines no result; ONNX Runtime rejects the file.
    what: 'a pool padded by its window or more',
    isOf: (op) => {
      if (op.kind !== 'maxPool' && op.kind !== 'avgPool') return false;
      const { kernel, dilation, pads } = op.window;
      return Math.max(pads.top, pads.left, pads.bottom, pads.right) >= (kernel - 1) * dilation + 1;
    },
  },
];
