import { type OpDescriptor, zero } from '../descriptor.ts';
import { sameAsInput } from '../shape.ts';
import { real, signature } from '../signature.ts';
import { batched, type StepRef, unbatched } from '../steps.ts';
import { ones, scaleAndShift, zeros } from '../tensor.ts';
import { type Lowered, ownTensor, type RuleContext, type StepTensor } from '../training-rule.ts';

export interface BatchNormOp {
  readonly kind: 'batchNorm';
  readonly epsilon: number;
  /** The share of the old average that stays. */
  readonly momentum: number;
}

/** Batch normalisation (Ioffe & Szegedy 2015). */
export const batchNorm: OpDescriptor<BatchNormOp> = {
  kind: 'batchNorm',
  signature: signature({
    name: 'BatchNorm',
    tensors: 1,
    doc: "Batch normalisation (Ioffe & Szegedy 2015). `momentum` is the share of the running average that a step keeps: 0.9 is PyTorch's 0.1.",
    params: {
      epsilon: real('Added to the variance.', [0, 1], { convention: 'epsilon' }),
      momentum: real('Share of the running average that a step keeps.', [0, 1], { convention: 'momentum' }),
    },
    create: ({ epsilon, momentum }) => ({ kind: 'batchNorm', epsilon, momentum }),
  }),
  label: () => 'BN',
  tensors: (_op, [channels = 0]) => {
    const moved = { shape: [channels], trainable: false, decays: false };
    return [
      ...scaleAndShift(channels),
      { role: 'running_mean', ...moved, initial: zeros },
      { role: 'running_var', ...moved, initial: ones },
    ];
  },
  shapes: sameAsInput,
  macs: zero,
  result: 'inPlace',
  movesOnly: false,
  field: 'row',
  noise: zero,
  // Uses the batch's statistics in training, unless statistics are fixed or all its tensors are frozen: then, and in evaluation,
  // the running ones.
  train: (c) => {
    const trains = ownTensor(c, 'weight').trains || ownTensor(c, 'bias').trains;
    return c.training && c.normsByBatch && trains ? byBatch(c) : byRunning(c);
  },
  box: 'pointwise',
  joins: ['conv', 'linear', 'concat'],
};

function byRunning(c: RuleContext<BatchNormOp>): Lowered {
  const { b, path } = c;
  const { epsilon } = c.op;
  const x = c.inputs[0] as StepRef;
  const [gamma, beta] = [ownTensor(c, 'weight'), ownTensor(c, 'bias')];
  const [mean, variance] = [ownTensor(c, 'running_mean').value, ownTensor(c, 'running_var').value];
  const shape = batched(c.outputShapes[0] ?? []);
  const vector = unbatched(gamma.shape);
  const normalised = (by: StepRef, offset: StepRef) =>
    b.one({ kind: 'normalise', epsilon }, [x, by, offset, mean, variance], shape, path);
  const constant = (offset: number) => b.one({ kind: 'rescale', scale: 0, offset }, [gamma.value], vector, path);
  const perChannel = (values: StepRef) => b.one({ kind: 'biasGrad' }, [values], vector, path);
  return {
    outputs: [normalised(gamma.value, beta.value)],
    pull: ([given]) => {
      const dy = given as StepRef;
      const dx = () => b.one({ kind: 'normaliseGrad', epsilon }, [dy, gamma.value, variance], shape, path);
      const tensors: [StepTensor, StepRef][] = [];
      if (gamma.trains) {
        const byGamma = b.one({ kind: 'mul' }, [dy, normalised(constant(1), constant(0))], shape, path);
        tensors.push([gamma, perChannel(byGamma)]);
      }
      if (beta.trains) tensors.push([beta, perChannel(dy)]);
      return { inputs: [c.passes(0) ? dx() : undefined], tensors };
    },
  };
}

function byBatch(c: RuleContext<BatchNormOp>): Lowered {
  const { b, path } = c;
  const { epsilon, momentum } = c.op;
  const x = c.inputs[0] as StepRef;
  const [gamma, beta] = [ownTensor(c, 'weight'), ownTensor(c, 'bias')];
  const shape = batched(c.outputShapes[0] ?? []);
  const vector = unbatched(gamma.shape);
  const [y, mean, variance, kept] = b.add(
    { kind: 'batchNorm', epsilon },
    [x, gamma.value, beta.value],
    [shape, vector, vector, unbatched([])],
    path,
  ) as [StepRef, StepRef, StepRef, StepRef];
  c.statistic(ownTensor(c, 'running_mean'), mean, momentum);
  c.statistic(ownTensor(c, 'running_var'), variance, momentum);
  return {
    outputs: [y],
    pull: ([dy]) => {
      const inputs = [dy as StepRef, x, gamma.value, kept];
      const [dx, dgamma, dbeta] = b.add({ kind: 'batchNormGrad', epsilon }, inputs, [shape, vector, vector], path);
      const tensors = [[gamma, dgamma as StepRef] as const, [beta, dbeta as StepRef] as const];
      return { inputs: [dx], tensors: tensors.filter(([tensor]) => tensor.trains) };
    },
  };
}
