import { elementwiseParts, type OpDescriptor } from '../descriptor.ts';
import { signature } from '../signature.ts';
import { batched, type StepRef } from '../steps.ts';
import { gradientOver } from '../sum-to.ts';

export interface SubOp {
  readonly kind: 'sub';
}

export const sub: OpDescriptor<SubOp> = {
  kind: 'sub',
  signature: signature({
    name: 'Sub',
    tensors: 'many',
    most: 2,
    doc: 'The first minus the second, element by element; one of them may be a number.',
    params: {},
    numbers: ([a, b = 0]) => (a === undefined ? { scale: 1, offset: -b } : { scale: -1, offset: a }),
    create: () => ({ kind: 'sub' }),
  }),
  label: () => 'Sub',
  ...elementwiseParts,
  train: (c) => {
    const { b, path, inputShapes, outputShapes } = c;
    const [x, y] = c.inputs as [StepRef, StepRef];
    const opposite = (value: StepRef, shape: readonly number[]) =>
      b.one({ kind: 'rescale', scale: -1, offset: 0 }, [value], batched(shape), path);
    const out = outputShapes[0] ?? [];
    return {
      outputs: [b.one({ kind: 'add' }, [x, opposite(y, inputShapes[1] ?? [])], batched(out), path)],
      pull: ([dy]) => ({
        inputs: [
          dy && c.passes(0) ? gradientOver(c, dy, 0) : undefined,
          dy && c.passes(1) ? gradientOver(c, opposite(dy, out), 1) : undefined,
        ],
      }),
    };
  },
};
