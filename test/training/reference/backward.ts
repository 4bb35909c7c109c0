import { type ActivationName, activationFacts, slopeOf } from '../../../src/ops/activations.ts';
import type { StepOp, StepOpKind, StepOpOf } from '../../../src/ops/step-ops.ts';
import { type ForwardKind, forward, gridOf } from './forward.ts';
import { pullBack } from './gradients.ts';
import { type Doubles, dimsOf, mapped, zeros } from './tensor.ts';

export type BackwardKind = Exclude<StepOpKind, ForwardKind | 'input' | 'variable'>;
type Gradient<K extends StepOpKind> = (op: StepOpOf<K>, ...inputs: Doubles[]) => Doubles | Doubles[];

/** What an op of the backward half gives: the finite differences of the op that it belongs to. */
export function backward(op: StepOpOf<BackwardKind>, inputs: readonly Doubles[]): Doubles[] {
  const result = (gradients[op.kind] as Gradient<BackwardKind>)(op, ...inputs);
  return Array.isArray(result) ? result : [result];
}

const none = zeros([0]);

/** The gradient by the input `of` of an op of the forward half. */
function through(op: StepOpOf<ForwardKind>, inputs: readonly Doubles[], of: number, dy: Doubles): Doubles {
  const f = (x: Doubles) => forward(op, inputs.with(of, x))[0] as Doubles;
  return pullBack(f, inputs[of] as Doubles, dy);
}

const gradients: { readonly [K in BackwardKind]: Gradient<K> } = {
  convGradWeight: (op, x = none, dy = none) => through({ ...op, kind: 'conv' }, [x, zeros(op.shape)], 1, dy),
  channelConvGradInput: (_op, dy = none, weight = none) =>
    through({ kind: 'channelConv' }, [zeros(dy.shape), weight], 0, dy),
  channelConvGradWeight: ({ shape }, x = none, dy = none) => through({ kind: 'channelConv' }, [x, zeros(shape)], 1, dy),
  biasGrad: (_op, dy = none) => through({ kind: 'addBias' }, [zeros(dy.shape), zeros([dimsOf(dy).c])], 1, dy),
  batchNormGrad: (op, dy = none, x = none, gamma = none) =>
    [0, 1, 2].map((of) => through({ ...op, kind: 'batchNorm' }, [x, gamma, zeros(gamma.shape)], of, dy)),
  normaliseGrad(op, dy = none, gamma = none, variance = none) {
    const still = zeros(gamma.shape);
    return through({ ...op, kind: 'normalise' }, [zeros(dy.shape), gamma, still, still, variance], 0, dy);
  },
  activationGrad: (op, dy = none, read = none) =>
    through(
      { ...op, kind: 'activation' },
      [activationFacts[op.fn].gradientReads === 'input' ? read : mapped(read, (y) => inverses[op.fn](y, slopeOf(op)))],
      0,
      dy,
    ),
  globalAvgPoolGrad: (op, dy = none) => through({ kind: 'globalAvgPool' }, [zeros([dimsOf(dy).n, ...op.shape])], 0, dy),
  channelMeanGrad: (op, dy = none) => through({ kind: 'channelMean' }, [zeros([dimsOf(dy).n, ...op.shape])], 0, dy),
  attendGrad: (op, dy = none, ...maps) => maps.map((_map, of) => through({ ...op, kind: 'attend' }, maps, of, dy)),
  powerGrad: (op, dy = none, x = none) => through({ ...op, kind: 'power' }, [x], 0, dy),
  // What it rounds to is constant almost everywhere: straight through means the identity, up to where the last steps end.
  fakeQuantizeGrad: (_op, dy = none, x = none, range = none) => {
    const { scale, zero } = gridOf(range) ?? { scale: Number.POSITIVE_INFINITY, zero: 128 };
    const [low, high] = [(-0.5 - zero) * scale, (255.5 - zero) * scale];
    return pullBack((from) => mapped(from, (v) => Math.min(Math.max(v, low), high)), x, dy);
  },
  maxGrad: (op, dy = none, x = none) => through({ ...op, kind: 'max' }, [x], 0, dy),
  groupNormGrad: (op, dy = none, x = none, gamma = none) =>
    [0, 1, 2].map((of) => through({ ...op, kind: 'groupNorm' }, [x, gamma, zeros(gamma.shape)], of, dy)),
  localResponseNormGrad: (op, dy = none, x = none) => through({ ...op, kind: 'localResponseNorm' }, [x], 0, dy),
  unitLengthGrad: (op, dy = none, x = none) => through({ ...op, kind: 'unitLength' }, [x], 0, dy),
  maxPoolGrad: (op, dy = none, x = none) => through({ ...op, kind: 'maxPool' }, [x], 0, dy),
  avgPoolGrad: (op, dy = none) => through({ ...op, kind: 'avgPool' }, [zeros([dimsOf(dy).n, ...op.shape])], 0, dy),
  upsampleGrad: (op, dy = none) =>
    through({ ...op, kind: 'upsample' }, [zeros([dimsOf(dy).n, dimsOf(dy).c, op.rows.from, op.columns.from])], 0, dy),
  linearGradInput: (_op, dy = none, weight = none) =>
    through({ kind: 'linear' }, [zeros([dimsOf(dy).n, weight.shape[1] as number]), weight], 0, dy),
  linearGradWeight: (_op, x = none, dy = none) =>
    through({ kind: 'linear' }, [x, zeros([dimsOf(dy).c, dimsOf(x).c])], 1, dy),
};

/** The gradient of a loss a sample by its logits, its second output. */
export function lossGradient(
  op: Extract<StepOp, { kind: 'softmaxCrossEntropy' | 'focalLoss' }>,
  inputs: readonly Doubles[],
): Doubles {
  const ones = mapped(zeros([dimsOf(inputs[0] as Doubles).n]), () => 1);
  return through(op, inputs, 0, ones);
}

/** An input that gives an output, for those whose gradient reads that. Past a bound any input does. */
const inverses: Readonly<Record<ActivationName, (y: number, slope: number) => number>> = {
  identity: (y) => y,
  relu: (y) => (y > 0 ? y : -1),
  relu6: (y) => (y <= 0 ? -1 : y >= 6 ? 7 : y),
  leaky_relu: (y, slope) => (y > 0 ? y : slope === 0 ? -1 : y / slope),
  elu: (y) => (y > 0 ? y : Math.log1p(y)),
  sigmoid: (y) => Math.log(y / (1 - y)),
  hardsigmoid: (y, slope) => (y <= 0 ? -1 / slope : y >= 1 ? 1 / slope : (y - 0.5) / slope),
  tanh: Math.atanh,
  softmax: Math.log,
  gelu: () => Number.NaN,
  mish: () => Number.NaN,
  silu: () => Number.NaN,
  hardswish: () => Number.NaN,
};
