import { elements } from '../../5-graph/graph.ts';
import { first, label, lastChannels, outputShape, type WithOp } from '../written-node.ts';
import { add, arithmetic, type LiteNode, ownTensor, plainWeight, reduce, reshape } from './add.ts';

/** With fixed statistics a norm is a product and a sum, whose numbers are computed when they are written. */
export function writeBatchNorm(c: WithOp<LiteNode, 'batchNorm'>): string {
  const { path } = c.node;
  const { epsilon } = c.op;
  const [gamma, beta] = [ownTensor(c, 'weight'), ownTensor(c, 'bias')];
  const [mean, variance] = [ownTensor(c, 'running_mean'), ownTensor(c, 'running_var')];
  const { shape } = gamma;
  const scaleOf = (g: Float32Array, v: Float32Array, i: number) =>
    (g[i] as number) / Math.sqrt((v[i] as number) + epsilon);
  const scale = c.b.weight({
    name: `${gamma.name}/scale`,
    shape,
    of: [gamma, variance],
    make: (g, v) => (g as Float32Array).map((_, i) => scaleOf(g as Float32Array, v as Float32Array, i)),
  });
  const offset = c.b.weight({
    name: `${beta.name}/offset`,
    shape,
    of: [beta, mean, gamma, variance],
    make: (...values) => {
      const [b, m, g, v] = values as [Float32Array, Float32Array, Float32Array, Float32Array];
      return b.map((value, i) => value - (m[i] as number) * scaleOf(g, v, i));
    },
  });
  const stored = lastChannels(outputShape(c));
  const scaled = add(c, 'mul', [first(c), scale], `${path}/scaled`, stored, arithmetic());
  return add(c, 'add', [scaled, offset], path, stored, arithmetic(c.fused));
}

/** Channels over their Euclidean length. */
export function writeNormalise(c: WithOp<LiteNode, 'normalise'>): string {
  const name = label(c, 'norm');
  const shape = lastChannels(outputShape(c));
  const pixel = [...shape.slice(0, -1), 1];
  const squares = add(c, 'square', [first(c)], `${name}/squares`, shape);
  const sum = reduce(c, 'sum', squares, `${name}/sum`, [shape.length], pixel);
  const bounded = add(c, 'maximum', [sum, c.b.number(c.op.epsilon ** 2)], `${name}/bounded`, pixel);
  const factor = add(c, 'rsqrt', [bounded], `${name}/factor`, pixel);
  return add(c, 'mul', [first(c), factor], name, shape, arithmetic());
}

export function writeLayerNorm(c: WithOp<LiteNode, 'layerNorm'>): string {
  const shape = lastChannels(outputShape(c));
  return scaledAndShifted(c, normalised(c, first(c), shape, [shape.length], c.op.epsilon));
}

export function writeGroupNorm(c: WithOp<LiteNode, 'groupNorm'>): string {
  const { groups, epsilon } = c.op;
  const [channels = 1, ...space] = outputShape(c);
  const shape = [elements(space), groups, channels / groups];
  const grouped = reshape(c, first(c), `${c.node.path}/groups`, shape);
  const normal = normalised(c, grouped, shape, [1, 3], epsilon);
  return scaledAndShifted(c, reshape(c, normal, `${c.node.path}/given`, lastChannels(outputShape(c))));
}

/** Without their mean, over their deviation. @param axes of the whole value, the batch among them */
function normalised(
  c: LiteNode,
  x: string,
  shape: readonly number[],
  axes: readonly number[],
  epsilon: number,
): string {
  const name = c.node.path;
  const reduced = shape.map((size, i) => (axes.includes(i + 1) ? 1 : size));
  const mean = reduce(c, 'mean', x, `${name}/mean`, axes, reduced);
  const centred = add(c, 'sub', [x, mean], `${name}/centred`, shape, arithmetic());
  const squares = add(c, 'square', [centred], `${name}/squares`, shape);
  const variance = reduce(c, 'mean', squares, `${name}/variance`, axes, reduced);
  const sum = add(c, 'add', [variance, c.b.number(epsilon)], `${name}/sum`, reduced, arithmetic());
  const factor = add(c, 'rsqrt', [sum], `${name}/factor`, reduced);
  return add(c, 'mul', [centred, factor], `${name}/normal`, shape, arithmetic());
}

function scaledAndShifted(c: LiteNode, x: string): string {
  const shape = lastChannels(outputShape(c));
  const scaled = add(
    c,
    'mul',
    [x, plainWeight(c, ownTensor(c, 'weight'))],
    `${c.node.path}/scaled`,
    shape,
    arithmetic(),
  );
  return add(c, 'add', [scaled, plainWeight(c, ownTensor(c, 'bias'))], c.node.path, shape, arithmetic());
}
