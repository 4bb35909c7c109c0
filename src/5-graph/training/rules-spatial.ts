import type { Shape } from '../graph.ts';
import type { Pads } from '../ops.ts';
import type { StepRef } from './program.ts';
import type { Rule, RuleContext } from './rule.ts';
import { batched } from './step-builder.ts';
import type { StepOp } from './step-ops.ts';

/** Rules of the ops that pool, and of those that only move numbers. */

export const globalAvgPool: Rule<'globalAvgPool'> = (c) => {
  const shape = c.inputShapes[0] ?? [];
  return moved(c, { kind: 'globalAvgPool' }, { kind: 'globalAvgPoolGrad', shape });
};

export const avgPool: Rule<'avgPool'> = (c) => {
  const shape = c.inputShapes[0] ?? [];
  return moved(c, c.op, { ...c.op, kind: 'avgPoolGrad', shape });
};

export const maxPool: Rule<'maxPool'> = ({ b, op, node, inputs, inputShapes, passes }) => {
  const x = inputs[0] as StepRef;
  const y = b.one(op, [x], batched(node.shapes[0] ?? []), node.path);
  const gradient = { kind: 'maxPoolGrad', window: op.window } as const;
  return {
    outputs: [y],
    pull: ([dy]) => ({
      inputs: [
        passes(0) ? b.one(gradient, [dy as StepRef, x, y], batched(inputShapes[0] ?? []), node.path) : undefined,
      ],
    }),
  };
};

export const pad: Rule<'pad'> = (c) => moved(c, c.op, { kind: 'pad', pads: negated(c.op.pads) });

/** Groups of n become n groups; the other way back. */
export const channelShuffle: Rule<'channelShuffle'> = (c) => {
  const [channels = 0] = c.inputShapes[0] ?? [];
  return moved(c, c.op, { kind: 'channelShuffle', groups: channels / c.op.groups });
};

export const concat: Rule<'concat'> = ({ b, node, inputs, inputShapes, passes }) => ({
  outputs: [b.one({ kind: 'concat' }, inputs, batched(node.shapes[0] ?? []), node.path)],
  pull: ([dy]) => {
    let from = 0;
    const gradients = inputShapes.map((shape, i) => {
      const to = from + (shape[0] ?? 0);
      const slice = { kind: 'slice', from, to } as const;
      from = to;
      return passes(i) ? b.one(slice, [dy as StepRef], batched(shape), node.path) : undefined;
    });
    return { inputs: gradients };
  },
});

export const split: Rule<'split'> = ({ b, node, inputs, inputShapes, passes }) => {
  const x = inputs[0] as StepRef;
  let from = 0;
  const outputs = node.shapes.map((shape) => {
    const to = from + (shape[0] ?? 0);
    const slice = { kind: 'slice', from, to } as const;
    from = to;
    return b.one(slice, [x], batched(shape), node.path);
  });
  return {
    outputs,
    pull: (dy) => {
      if (!passes(0)) return { inputs: [undefined] };
      const parts = node.shapes.map(
        (shape, i) => dy[i] ?? b.one({ kind: 'zeros', shape }, [x], batched(shape), node.path),
      );
      return { inputs: [b.one({ kind: 'concat' }, parts, batched(inputShapes[0] ?? []), node.path)] };
    },
  };
};

type OneToOne = 'globalAvgPool' | 'avgPool' | 'pad' | 'channelShuffle';

/** An op with one input whose gradient is one op of the output's gradient alone. */
function moved(c: Omit<RuleContext<OneToOne>, 'op'>, op: StepOp, gradient: StepOp): ReturnType<Rule<OneToOne>> {
  const shape: Shape = c.inputShapes[0] ?? [];
  return {
    outputs: [c.b.one(op, [c.inputs[0] as StepRef], batched(c.node.shapes[0] ?? []), c.node.path)],
    pull: ([dy]) => ({
      inputs: [c.passes(0) ? c.b.one(gradient, [dy as StepRef], batched(shape), c.node.path) : undefined],
    }),
  };
}

function negated({ top, left, bottom, right }: Pads): Pads {
  return { top: -top, left: -left, bottom: -bottom, right: -right };
}
