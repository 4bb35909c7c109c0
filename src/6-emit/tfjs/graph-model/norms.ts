import { elements, type Shape } from '../../../5-graph/graph.ts';
import { first, label, lastChannels, outputShape, type WithOp } from '../../written-node.ts';
import type { TensorName } from '../node-def/node-def.ts';
import { add, type GraphModelNode, reduce, reshape } from './add.ts';

/** Norms by the statistics of each sample. */

/** Channels over their Euclidean length. */
export function writeNormalise(c: WithOp<GraphModelNode, 'normalise'>): TensorName {
  const name = label(c, 'norm');
  const squares = reduce(c, 'Sum', `${name}/sum`, add(c, 'Square', `${name}/squares`, [first(c)]), [-1]);
  const bounded = add(c, 'Maximum', `${name}/bounded`, [squares, c.b.number(c.op.epsilon ** 2)]);
  return add(c, 'Mul', name, [first(c), add(c, 'Rsqrt', `${name}/factor`, [bounded])]);
}

export function writeLayerNorm(c: WithOp<GraphModelNode, 'layerNorm'>): TensorName {
  return scaledAndShifted(c, normalised(c, first(c), [-1], c.op.epsilon));
}

export function writeGroupNorm(c: WithOp<GraphModelNode, 'groupNorm'>): TensorName {
  const { groups, epsilon } = c.op;
  const shape = outputShape(c);
  const [channels = 0, ...space] = shape;
  const grouped = reshape(c, first(c), `${c.node.path}/groups`, [elements(space), groups, channels / groups]);
  const normal = normalised(c, grouped, [1, 3], epsilon);
  return scaledAndShifted(c, reshape(c, normal, `${c.node.path}/given`, lastChannels(shape as Shape)));
}

/** Without their mean, over their deviation. */
function normalised(c: GraphModelNode, x: TensorName, axes: readonly number[], epsilon: number): TensorName {
  const name = c.node.path;
  const centred = add(c, 'Sub', `${name}/centred`, [x, reduce(c, 'Mean', `${name}/mean`, x, axes)]);
  const variance = reduce(c, 'Mean', `${name}/variance`, add(c, 'Square', `${name}/squares`, [centred]), axes);
  const factor = add(c, 'Rsqrt', `${name}/factor`, [add(c, 'AddV2', `${name}/sum`, [variance, c.b.number(epsilon)])]);
  return add(c, 'Mul', `${name}/normal`, [centred, factor]);
}

function scaledAndShifted(c: GraphModelNode, x: TensorName): TensorName {
  const [gamma, beta] = c.node.tensors.map((tensor, i) => c.weight(tensor, i === 0 ? 'gamma' : 'beta'));
  const scaled = add(c, 'Mul', `${c.node.path}/scaled`, [x, gamma as TensorName]);
  return add(c, 'AddV2', c.node.path, [scaled, beta as TensorName]);
}
