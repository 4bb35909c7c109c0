import { elements, type TensorSpec } from '../graph.ts';
import type { StepRef } from './program.ts';
import type { Gradients, Lowered, Rule, RuleContext } from './rule.ts';
import { batched, type StepBuilder } from './step-builder.ts';

/** Rules of the ops that own tensors. */

export const conv: Rule<'conv'> = (c) => {
  const { b, op, node } = c;
  const { window, groups } = op;
  const x = c.inputs[0] as StepRef;
  const weight = own(c, 'weight');
  const y = b.one({ kind: 'conv', window, groups }, [x, weight.value], batched(outShape(c)), node.path);
  return withBias(c, y, (dy) => {
    const shape = c.inputShapes[0] ?? [];
    const dx = c.passes(0)
      ? b.one({ kind: 'convGradInput', window, groups, shape }, [dy, weight.value], batched(shape), node.path)
      : undefined;
    const dw = c.trains(weight.spec)
      ? b.one(
          { kind: 'convGradWeight', window, groups, shape: weight.spec.shape },
          [x, dy],
          { batch: false, dims: weight.spec.shape },
          node.path,
        )
      : undefined;
    return { inputs: [dx], tensors: dw ? [[weight.spec, dw]] : [] };
  });
};

/** Flattens its input, as the op does. */
export const linear: Rule<'linear'> = (c) => {
  const { b, node } = c;
  const shape = c.inputShapes[0] ?? [];
  const features = batched([elements(shape)]);
  const given = c.inputs[0] as StepRef;
  const x = shape.length === 1 ? given : b.one({ kind: 'flatten' }, [given], features, node.path);
  const weight = own(c, 'weight');
  const y = b.one({ kind: 'linear' }, [x, weight.value], batched(outShape(c)), node.path);
  return withBias(c, y, (dy) => {
    const dw = c.trains(weight.spec)
      ? b.one({ kind: 'linearGradWeight' }, [x, dy], { batch: false, dims: weight.spec.shape }, node.path)
      : undefined;
    return { inputs: [c.passes(0) ? inputGradient(dy) : undefined], tensors: dw ? [[weight.spec, dw]] : [] };
  });
  function inputGradient(dy: StepRef): StepRef {
    const flat = b.one({ kind: 'linearGradInput' }, [dy, weight.value], features, node.path);
    return shape.length === 1 ? flat : b.one({ kind: 'unflatten', shape }, [flat], batched(shape), node.path);
  }
};

/**
 * By the batch's statistics while training, unless all its tensors are frozen: then, and when evaluated, by the running
 * ones.
 */
export const batchNorm: Rule<'batchNorm'> = (c) => {
  const { b, op, node } = c;
  const { epsilon, momentum } = op;
  const x = c.inputs[0] as StepRef;
  const [gamma, beta] = [own(c, 'weight'), own(c, 'bias')];
  const [mean, variance] = [own(c, 'running_mean'), own(c, 'running_var')];
  const shape = batched(outShape(c));
  if (!c.training || !(c.trains(gamma.spec) || c.trains(beta.spec))) {
    const inputs = [x, gamma.value, beta.value, mean.value, variance.value];
    const y = b.one({ kind: 'normalise', epsilon }, inputs, shape, node.path);
    const pull = ([dy]: readonly (StepRef | undefined)[]): Gradients => {
      const inputs = [dy as StepRef, gamma.value, variance.value];
      return {
        inputs: [c.passes(0) ? b.one({ kind: 'normaliseGrad', epsilon }, inputs, shape, node.path) : undefined],
      };
    };
    return { outputs: [y], pull };
  }
  const vector = { batch: false, dims: gamma.spec.shape };
  const [y, batchMean, batchVariance, kept] = b.add(
    { kind: 'batchNorm', epsilon },
    [x, gamma.value, beta.value],
    [shape, vector, vector, { batch: false, dims: [] }],
    node.path,
  ) as [StepRef, StepRef, StepRef, StepRef];
  c.statistic(mean.spec, batchMean, momentum);
  c.statistic(variance.spec, batchVariance, momentum);
  return {
    outputs: [y],
    pull: ([dy]) => {
      const inputs = [dy as StepRef, x, gamma.value, kept];
      const [dx, dgamma, dbeta] = b.add({ kind: 'batchNormGrad', epsilon }, inputs, [shape, vector, vector], node.path);
      const tensors = [[gamma.spec, dgamma as StepRef] as const, [beta.spec, dbeta as StepRef] as const].filter(
        ([spec]) => c.trains(spec),
      );
      return { inputs: [dx], tensors };
    },
  };
};

type Owner = RuleContext<'conv'> | RuleContext<'linear'> | RuleContext<'batchNorm'>;

/** Adds the bias, where there is one, and its gradient to those that `pull` gives. */
function withBias(
  c: RuleContext<'conv'> | RuleContext<'linear'>,
  y: StepRef,
  pull: (dy: StepRef) => Gradients,
): Lowered {
  const bias = c.tensor('bias');
  if (!bias) return { outputs: [y], pull: ([dy]) => pull(dy as StepRef) };
  const { b, node } = c as { b: StepBuilder; node: typeof c.node };
  const sum = b.one({ kind: 'addBias' }, [y, bias.value], batched(outShape(c)), node.path);
  return {
    outputs: [sum],
    pull: ([dy]) => {
      const { inputs, tensors = [] } = pull(dy as StepRef);
      if (!c.trains(bias.spec)) return { inputs, tensors };
      const db = b.one({ kind: 'biasGrad' }, [dy as StepRef], { batch: false, dims: bias.spec.shape }, node.path);
      return { inputs, tensors: [...tensors, [bias.spec, db]] };
    },
  };
}

function own(c: Owner, role: TensorSpec['role']): { readonly spec: TensorSpec; readonly value: StepRef } {
  const tensor = c.tensor(role);
  if (!tensor) throw new Error(`'${c.node.path}' has no ${role}`);
  return tensor;
}

function outShape({ node }: Owner): readonly number[] {
  return node.shapes[0] ?? [];
}
