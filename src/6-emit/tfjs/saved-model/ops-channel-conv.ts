import { elements } from '../../../5-graph/graph.ts';
import { int32, type TensorName } from '../node-def/node-def.ts';
import { add, dimsOf, type NodeContext, openShape, reshape, two, type WriteStep } from './context.ts';
import { heldDims } from './layout.ts';

/** Convolutions along channels, which are last: pixels as rows of an image of one channel. */

const same = { strides: { ints: [1, 1, 1, 1] }, padding: { text: 'SAME' } };

export const channelConv: WriteStep<'channelConv'> = (c) => {
  const [x, weight] = two(c);
  return [convolved(c, x, weight)];
};

/** The same with the kernel the other way round. */
export const channelConvGradInput: WriteStep<'channelConvGradInput'> = (c) => {
  const [dy, weight] = two(c);
  const turned = add(c, 'ReverseV2', [weight, c.b.integers([1])], { Tidx: int32 });
  return [convolved(c, dy, turned)];
};

export const channelConvGradWeight: WriteStep<'channelConvGradWeight'> = (c) => {
  const [x, dy] = two(c);
  const held = heldDims(c.op.shape);
  const sizes = c.b.integers([...held, 1]);
  const gradient = add(c, 'Conv2DBackpropFilter', [rowsOf(c, x), sizes, rowsOf(c, dy)], same);
  return [reshape(c, gradient, held)];
};

function convolved(c: NodeContext, x: TensorName, weight: TensorName): TensorName {
  const kernel = reshape(c, weight, [...heldDims(dimsOf(c, 1)), 1]);
  return reshape(c, add(c, 'Conv2D', [rowsOf(c, x), kernel], same), openShape(dimsOf(c, 0)));
}

function rowsOf(c: NodeContext, x: TensorName): TensorName {
  const [channels = 1, ...space] = dimsOf(c, 0);
  return reshape(c, x, [-1, elements(space), channels, 1]);
}
