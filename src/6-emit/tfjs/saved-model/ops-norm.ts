import type { LocalResponse } from '../../../ops/sample-norms.ts';
import { outputOf } from '../node-def/builder.ts';
import { type Attributes, bool, float, int32, type TensorName } from '../node-def/node-def.ts';
import {
  add,
  dimsOf,
  first,
  openShape,
  reduce,
  reshape,
  type StepContext,
  three,
  two,
  type WriteStep,
} from './context.ts';

/** Batch norms, by TensorFlow's fused kernels. */

/** Statistics that a training kernel does not read. */
const none = { dtype: 'DT_FLOAT', shape: [0], values: [] } as const;
const forwardOutputs = { mean: 1, variance: 2, kept: [3, 4, 5] } as const;

export const batchNorm: WriteStep<'batchNorm'> = (c) => {
  const [, gamma, beta] = c.inputs as [TensorName, TensorName, TensorName];
  const empty = c.b.constant(none);
  const node = add(c, 'FusedBatchNormV3', [asImage(c, 0), gamma, beta, empty, empty], normAttributes(c, true));
  const { mean, variance } = forwardOutputs;
  // What the gradient needs are three outputs of the node; the value represents the node.
  return [asGiven(c, node), outputOf(node, mean), outputOf(node, variance), node];
};

/** The variance is corrected for the number of samples, which is known at run time. */
export const batchNormAgain: WriteStep<'batchNormAgain'> = (c) => {
  const [, gamma, beta, mean, variance] = c.inputs as [TensorName, TensorName, TensorName, TensorName, TensorName];
  const pixels = dimsOf(c, 0)
    .slice(1)
    .reduce((product, size) => product * size, 1);
  const batch = c.b.node({ op: 'Cast', name: c.scope, inputs: [c.batch()], attr: { SrcT: int32, DstT: float } });
  const count = add(c, 'Mul', [batch, c.b.number(pixels)]);
  const share = add(c, 'RealDiv', [add(c, 'Sub', [count, c.b.number(1)]), count]);
  const inputs = [asImage(c, 0), gamma, beta, mean, add(c, 'Mul', [variance, share])];
  return [asGiven(c, add(c, 'FusedBatchNormV3', inputs, normAttributes(c, false)))];
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

type NormContext =
  | StepContext<'batchNorm'>
  | StepContext<'batchNormAgain'>
  | StepContext<'batchNormGrad'>
  | StepContext<'normalise'>;

function normAttributes(c: NormContext, training: boolean) {
  return { U: float, epsilon: { float: c.op.epsilon }, is_training: { bool: training } };
}

/** The kernels take only images: `[N, C]` is passed as `[N, 1, 1, C]`. */
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

/** With y = x / length: (dy - y sum(dy y)) / length, without the second part where `epsilon` replaces the length. */
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

type GroupContext = StepContext<'groupNorm'> | StepContext<'groupNormGrad'>;

export const groupNorm: WriteStep<'groupNorm'> = (c) => {
  const [x, gamma, beta] = three(c);
  const { normal } = groupNormal(c, x);
  return [add(c, 'AddV2', [add(c, 'Mul', [ungrouped(c, normal), gamma]), beta])];
};

/** With g = dy gamma, x^ what is normal and means over the statistics' axes: (g - mean(g) - x^ mean(g x^)) / deviation. */
export const groupNormGrad: WriteStep<'groupNormGrad'> = (c) => {
  const [dy, x, gamma] = three(c);
  const { normal, factor } = groupNormal(c, x);
  const g = grouped(c, add(c, 'Mul', [dy, gamma]));
  const leaning = add(c, 'Mul', [normal, groupMean(c, add(c, 'Mul', [g, normal]))]);
  const dx = add(c, 'Mul', [factor, add(c, 'Sub', [add(c, 'Sub', [g, groupMean(c, g)]), leaning])]);
  const samples = dimsOf(c, 0).length === 3 ? [0, 1, 2] : [0];
  const dgamma = reduce(c, 'Sum', add(c, 'Mul', [dy, ungrouped(c, normal)]), samples, false);
  return [ungrouped(c, dx), dgamma, reduce(c, 'Sum', dy, samples, false)];
};

/** What is without mean and of variance 1, `[N, H * W, groups, C / groups]`, and 1 over the deviation. */
function groupNormal(c: GroupContext, x: TensorName) {
  const rows = grouped(c, x);
  const centred = add(c, 'Sub', [rows, groupMean(c, rows)]);
  const variance = groupMean(c, add(c, 'Square', [centred]));
  const factor = add(c, 'Rsqrt', [add(c, 'AddV2', [variance, c.b.number(c.op.epsilon)])]);
  return { normal: add(c, 'Mul', [centred, factor]), factor };
}

function groupMean(c: GroupContext, rows: TensorName): TensorName {
  return reduce(c, 'Mean', rows, c.op.over === 'pixel' ? [3] : [1, 3], true);
}

function grouped(c: GroupContext, x: TensorName): TensorName {
  const [channels = 1, height = 1, width = 1] = dimsOf(c, 0);
  return reshape(c, x, [-1, height * width, c.op.groups, channels / c.op.groups]);
}

function ungrouped(c: GroupContext, rows: TensorName): TensorName {
  return reshape(c, rows, openShape(dimsOf(c, 0)));
}

export const localResponseNorm: WriteStep<'localResponseNorm'> = (c) => [
  add(c, 'LRN', [first(c)], responseAttributes(c.op)),
];

export const localResponseNormGrad: WriteStep<'localResponseNormGrad'> = (c) => [
  add(c, 'LRNGrad', three(c), responseAttributes(c.op)),
];

/** TensorFlow does not divide alpha by the size. */
function responseAttributes({ size, alpha, beta, k }: LocalResponse): Attributes {
  const numbers = { bias: { float: k }, alpha: { float: alpha / size }, beta: { float: beta } };
  return { depth_radius: { int: (size - 1) / 2 }, ...numbers };
}
