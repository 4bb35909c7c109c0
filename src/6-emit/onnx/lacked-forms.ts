import { isDense } from '../../ops/window.ts';
import { type LackedForm, overPaddedPool } from '../lacked-form.ts';

/** What ONNX, or an opset that is written, has no operator for. */
export const lackedForms: readonly LackedForm[] = [
  {
    // AveragePool has dilations from opset 19 on; no pool of the language has any.
    what: 'an average pool with dilation',
    isOf: (op) => op.kind === 'avgPool' && !isDense(op.window),
  },
  overPaddedPool,
];
