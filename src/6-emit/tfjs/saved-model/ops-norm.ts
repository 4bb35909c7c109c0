import { outputOf } from '../node-def/builder.ts';
import { bool, float, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, openShape, reduce, reshape, type StepContext, two, type WriteStep } from './context.ts';

/** Batch norms, by TensorFlow's fused kernels. */

/** Statistics that a training kernel does not read. */
const none = { dtype: 'DT_FLOAT', shape: [0], values: [] } as const;
const forwardOutputs = { mean: 1, variance: 2, kept: [3, 4, 5] } as const;

export const batchNorm: WriteStep<'batchNorm'> = (c) => {
  const [, gamma, beta] = c.inputs as [TensorName, TensorName, TensorName];
  const empty = c.b.constant(none);
  const node = add(c, 'FusedBatchNormV3', [asImage(c, 0), gamma, beta, empty, empty], normAttributes(c, true));
  const { mean, variance } = forwardOutputs;
  // What the gradient needs are three outputs of the node; the value stands for the node.
  return [asGiven(c, node), outputOf(node, mean), outputOf(node, variance), node];
};

export const batchNormGrad: WriteStep<'batchNormGrad'> = (c) => {
  const [, , gamma, node] = c.inputs as [TensorName, TensorName, TensorName, TensorName];
  const kept = forwardOutputs.kept.map((output) => outputOf(node, output));
  const inputs = [asImage(c, 0), asImage(c, 1), gamma, ...kept];
  const gradient = add(c, 'FusedBatchNormGradV3', inputs, normAttributes(c, true));
  return [asGiven(c, gradient), outputOf(gradient, 1), outputOf(gradient, 2)];
};

export const normalise: WriteStep<'normalise'> = (c) => {
  const node = add(c, 'FusedBatchNormV3', [asImage(c, 0), ...c.inputs.slice(1)], normAttributes(c, false));
  return [asGiven(c, node)];
};

export const normaliseGrad: WriteStep<'normaliseGrad'> = (c) => {
  const [dy, gamma, variance] = c.inputs as [TensorName, TensorName, TensorName];
  const safe = add(c, 'AddV2', [variance, c.b.number(c.op.epsilon)]);
  const factor = add(c, 'Mul', [gamma, add(c, 'Rsqrt', [safe])]);
  return [add(c, 'Mul', [dy, factor])];
};

type NormContext = StepContext<'batchNorm'> | StepContext<'batchNormGrad'> | StepContext<'normalise'>;

function normAttributes(c: NormContext, training: boolean) {
  return { U: float, epsilon: { float: c.op.epsilon }, is_training: { bool: training } };
}

/** The kernels take images alone: `[N, C]` goes in as `[N, 1, 1, C]`. */
function asImage(c: NormContext, input: number): TensorName {
  const x = c.inputs[input] as TensorName;
  const dims = dimsOf(c, input);
  return dims.length === 3 ? x : reshape(c, x, [-1, 1, 1, ...dims]);
}

function asGiven(c: NormContext, image: TensorName): TensorName {
  const dims = dimsOf(c, 0);
  return dims.length === 3 ? image : reshape(c, image, openShape(dims));
}

export const addBias: WriteStep<'addBias'> = (c) => [add(c, 'BiasAdd', c.inputs)];
export const biasGrad: WriteStep<'biasGrad'> = (c) => [add(c, 'BiasAddGrad', [first(c)])];

export const unitLength: WriteStep<'unitLength'> = (c) => [add(c, 'Mul', [first(c), unitFactor(c, first(c)).factor])];

/** With y = x / length: (dy - y sum(dy y)) / length, without the second part where `epsilon` stands for the length. */
export const unitLengthGrad: WriteStep<'unitLengthGrad'> = (c) => {
  const [dy, x] = two(c);
  const { squares, factor } = unitFactor(c, x);
  const y = add(c, 'Mul', [x, factor]);
  const isLonger = add(c, 'Greater', [squares, c.b.number(c.op.epsilon ** 2)]);
  const counts = c.b.node({ op: 'Cast', name: c.scope, inputs: [isLonger], attr: { SrcT: bool, DstT: float } });
  const along = add(c, 'Mul', [reduce(c, 'Sum', add(c, 'Mul', [dy, y]), [-1], true), counts]);
  return [add(c, 'Mul', [add(c, 'Sub', [dy, add(c, 'Mul', [y, along])]), factor])];
};

/** 1 over the length of the channels, which are last, and the length's square. */
function unitFactor(c: StepContext<'unitLength'> | StepContext<'unitLengthGrad'>, x: TensorName) {
  const squares = reduce(c, 'Sum', add(c, 'Square', [x]), [-1], true);
  const factor = add(c, 'Rsqrt', [add(c, 'Maximum', [squares, c.b.number(c.op.epsilon ** 2)])]);
  return { squares, factor };
}
