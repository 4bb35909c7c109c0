import type { TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, first, type NodeContext, reduce, reshape, slice, three, two, type WriteStep } from './context.ts';
import { heldDims } from './layout.ts';

/** The steps of a range of 8 bits, and the largest number of a weight. */
const steps = 255;
const mostWeight = 127;

export const valueRange: WriteStep<'valueRange'> = (c) => {
  const extreme = (op: 'Min' | 'Max', of: 'Minimum' | 'Maximum') =>
    c.inputs
      .map((x, i) => reduce(c, op, x, [0, ...heldDims(dimsOf(c, i)).map((_, axis) => axis + 1)], false))
      .reduce((a, b) => add(c, of, [a, b]));
  const parts = [extreme('Min', 'Minimum'), extreme('Max', 'Maximum'), c.b.number(1)];
  return [add(c, 'Pack', parts, { N: { int: 3 }, axis: { int: 0 } })];
};

export const fakeQuantize: WriteStep<'fakeQuantize'> = (c) => {
  const [x, range] = two(c);
  const { scale, zero, hasSeen } = gridOf(c, range);
  const whole = add(c, 'AddV2', [add(c, 'Round', [add(c, 'RealDiv', [x, scale])]), zero]);
  const bounded = add(c, 'ClipByValue', [whole, c.b.number(0), c.b.number(steps)]);
  const value = add(c, 'Mul', [add(c, 'Sub', [bounded, zero]), scale]);
  return [add(c, 'SelectV2', [hasSeen, value, x])];
};

export const fakeQuantizeGrad: WriteStep<'fakeQuantizeGrad'> = (c) => {
  const [dy, x, range] = three(c);
  const { scale, zero, hasSeen } = gridOf(c, range);
  const whole = add(c, 'AddV2', [add(c, 'Round', [add(c, 'RealDiv', [x, scale])]), zero]);
  const inputs = [add(c, 'GreaterEqual', [whole, c.b.number(0)]), add(c, 'LessEqual', [whole, c.b.number(steps)])];
  const isWithin = c.b.node({ op: 'LogicalAnd', name: c.scope, inputs, attr: {} });
  return [add(c, 'SelectV2', [hasSeen, add(c, 'SelectV2', [isWithin, dy, c.b.number(0)]), dy])];
};

/** Variables are held with the filters last, depthwise ones `[k, k, C, 1]`: see `layouts`. */
export const fakeQuantizeFilters: WriteStep<'fakeQuantizeFilters'> = (c) => {
  const weight = first(c);
  const axes = { conv: [0, 1, 2], depthwise: [0, 1, 3], linear: [0] }[c.op.layout];
  const largest = reduce(c, 'Max', add(c, 'Abs', [weight]), axes, true);
  const scale = stepOf(c, largest, mostWeight);
  return [add(c, 'Mul', [add(c, 'Round', [add(c, 'RealDiv', [weight, scale])]), scale])];
};

/** A width divided by `count`; a width of 0 counts as 1. */
function stepOf(c: NodeContext, width: TensorName, count: number): TensorName {
  const isWide = add(c, 'Greater', [width, c.b.number(0)]);
  return add(c, 'RealDiv', [add(c, 'SelectV2', [isWide, width, c.b.number(1)]), c.b.number(count)]);
}

/** The step of a range, the number of steps below 0, and whether it has seen anything. */
function gridOf(c: NodeContext, range: TensorName) {
  const [least, most, weight] = [0, 1, 2].map((i) => reshape(c, slice(c, range, [i], [1]), [])) as [
    TensorName,
    TensorName,
    TensorName,
  ];
  const low = add(c, 'Minimum', [add(c, 'DivNoNan', [least, weight]), c.b.number(0)]);
  const high = add(c, 'Maximum', [add(c, 'DivNoNan', [most, weight]), c.b.number(0)]);
  const scale = stepOf(c, add(c, 'Sub', [high, low]), steps);
  const whole = add(c, 'Round', [add(c, 'Neg', [add(c, 'RealDiv', [low, scale])])]);
  const zero = add(c, 'ClipByValue', [whole, c.b.number(0), c.b.number(steps)]);
  return { scale, zero, hasSeen: add(c, 'Greater', [weight, c.b.number(0)]) };
}
