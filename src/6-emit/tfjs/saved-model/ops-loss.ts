import { bool, float, int32, type TensorName } from '../node-def/node-def.ts';
import { add, first, type NodeContext, reduce, reshape, three, two, type WriteStep } from './context.ts';

/** Losses, and ops on numbers without a batch. */

/** The kernel's own gradient holds for targets whose sum is one; this one, p sum(t) - t, for all. */
export const softmaxCrossEntropy: WriteStep<'softmaxCrossEntropy'> = (c) => {
  const [logits, targets] = two(c);
  const loss = add(c, 'SoftmaxCrossEntropyWithLogits', [logits, targets]);
  const expected = add(c, 'Mul', [add(c, 'Softmax', [logits]), reduce(c, 'Sum', targets, [1], true)]);
  return [loss, add(c, 'Sub', [expected, targets])];
};

/** The lower bound of 1 - p: its powers to a negative exponent stay finite. */
const smallest = 1e-30;

/**
 * With p = softmax(z) and q = 1 - p, the sum of -t q^g log p. Its gradient by z_j is a_j - p_j sum(a), where
 * a = t (g p q^(g - 1) log p - q^g).
 */
export const focalLoss: WriteStep<'focalLoss'> = (c) => {
  const [logits, targets, gamma] = three(c);
  const log = add(c, 'LogSoftmax', [logits]);
  const p = add(c, 'Exp', [log]);
  const q = add(c, 'Maximum', [add(c, 'Neg', [add(c, 'Expm1', [log])]), c.b.number(smallest)]);
  const power = add(c, 'Pow', [q, gamma]);
  const weighted = add(c, 'Mul', [targets, power]);
  const loss = add(c, 'Neg', [reduce(c, 'Sum', add(c, 'Mul', [weighted, log]), [1], false)]);

  const slope = add(c, 'Mul', [gamma, add(c, 'RealDiv', [power, q])]);
  const bend = add(c, 'Mul', [add(c, 'Mul', [p, slope]), log]);
  const a = add(c, 'Mul', [targets, add(c, 'Sub', [bend, power])]);
  const shared = add(c, 'Mul', [p, reduce(c, 'Sum', a, [1], true)]);
  return [loss, add(c, 'Sub', [a, shared])];
};

export const weightedMean: WriteStep<'weightedMean'> = (c) => [
  times(c, reduce(c, 'Mean', add(c, 'Mul', two(c)), [0], false), c.op.factor),
];

export const scaleSamples: WriteStep<'scaleSamples'> = (c) => {
  const [x, weights] = two(c);
  const share = add(c, 'RealDiv', [weights, batchAsNumber(c)]);
  return [add(c, 'Mul', [x, reshape(c, times(c, share, c.op.factor), [-1, 1])])];
};

function times(c: NodeContext, x: TensorName, factor: number): TensorName {
  return factor === 1 ? x : add(c, 'Mul', [x, c.b.number(factor)]);
}

function batchAsNumber(c: NodeContext): TensorName {
  return c.b.node({ op: 'Cast', name: c.scope, inputs: [c.batch()], attr: { SrcT: int32, DstT: float } });
}

/** L2Loss is half the sum of squares. */
export const globalNorm: WriteStep<'globalNorm'> = (c) => {
  const halves = c.inputs.map((x) => add(c, 'L2Loss', [x]));
  const sum = add(c, 'AddN', halves, { N: { int: halves.length } });
  return [add(c, 'Sqrt', [add(c, 'Mul', [sum, c.b.number(2)])])];
};

export const clipFactor: WriteStep<'clipFactor'> = (c) => {
  const [norm, limit] = two(c);
  const factor = add(c, 'Minimum', [c.b.number(1), add(c, 'RealDiv', [limit, norm])]);
  const unlimited = add(c, 'Equal', [limit, c.b.number(0)]);
  return [add(c, 'SelectV2', [unlimited, c.b.number(1), factor])];
};

export const scale: WriteStep<'scale'> = (c) => [add(c, 'Mul', two(c))];

export const addScaled: WriteStep<'addScaled'> = (c) => {
  const [x, y, factor] = three(c);
  return [add(c, 'AddV2', [x, add(c, 'Mul', [y, factor])])];
};

export const finite: WriteStep<'isFinite'> = (c) => {
  const each = add(c, 'IsFinite', [first(c)]);
  const flat = c.b.node({
    op: 'Reshape',
    name: c.scope,
    inputs: [each, c.b.integers([-1])],
    attr: { T: bool, Tshape: int32 },
  });
  const all = c.b.node({ op: 'All', name: c.scope, inputs: [flat, c.b.integers([0])], attr: { Tidx: int32 } });
  return [c.b.node({ op: 'Cast', name: c.scope, inputs: [all], attr: { SrcT: bool, DstT: float } })];
};
