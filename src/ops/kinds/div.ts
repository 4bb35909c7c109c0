import { elementwiseParts, type OpDescriptor } from '../descriptor.ts';
import { signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';
import { gradientOver } from '../sum-to.ts';

export interface DivOp {
  readonly kind: 'div';
}

export const div: OpDescriptor<DivOp> = {
  kind: 'div',
  signature: signature({
    name: 'Div',
    tensors: 'many',
    most: 2,
    doc: 'The first over the second, element by element; the second may be a number other than 0.',
    params: {},
    numbers: ([a, b]) => (a === undefined && b ? { scale: 1 / b, offset: 0 } : undefined),
    create: () => ({ kind: 'div' }),
  }),
  label: () => 'Div',
  ...elementwiseParts,
  train: (c) => {
    const { b, path } = c;
    const out = batched(c.outputShapes[0] ?? []);
    const [x, y] = c.inputs as [StepRef, StepRef];
    const quotient = b.one({ kind: 'div' }, [x, y], out, path);
    return {
      outputs: [quotient],
      pull: ([dy]) => {
        if (!dy) return { inputs: [undefined, undefined] };
        // d(x / y) = dx / y - (x / y) dy / y
        const share = b.one({ kind: 'div' }, [dy, y], out, path);
        const dx = c.passes(0) ? gradientOver(c, share, 0) : undefined;
        if (!c.passes(1)) return { inputs: [dx, undefined] };
        const product = b.one({ kind: 'mul' }, [share, quotient], out, path);
        const opposite = b.one({ kind: 'rescale', scale: -1, offset: 0 }, [product], out, path);
        return { inputs: [dx, gradientOver(c, opposite, 1)] };
      },
    };
  },
};
