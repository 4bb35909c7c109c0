import { filled, type Numbers, shortest } from '../numbers.ts';
import { fail } from '../unsayable.ts';
import { integer, integers, liveAt, made, numberOf, type OperatorContext, real, refAt, weightsAt } from './context.ts';
import type { LiveValue } from './values.ts';

/** Norms, as one operator or spelled out. */

export function batchNorm(c: OperatorContext): LiveValue {
  if (integer(c, 'training_mode', 0) === 1) fail('it is in training mode: export the network for inference');
  const own = [1, 2, 3, 4].map((i) => weightsAt(c, i));
  return made(c, { kind: 'batchNorm', epsilon: real(c, 'epsilon', 1e-5), momentum: 0.9 }, [refAt(c, 0)], own);
}

/** Over the last axis, which holds the channels. */
export function layerNorm(c: OperatorContext): LiveValue {
  const x = liveAt(c, 0);
  const axis = integer(c, 'axis', -1);
  const shape = c.b.shapeOf(x.ref);
  const rank = shape.length + 1;
  const isLast = axis === -1 || axis === rank - 1;
  if (!isLast || (shape.length === 3 && x.view?.kind !== 'last'))
    fail('only a norm over the channels of each pixel can be expressed');
  const [channels = 0] = shape;
  const bias = c.value(2) ? weightsAt(c, 2) : filled(channels, 0);
  const norm = made(c, { kind: 'layerNorm', epsilon: real(c, 'epsilon', 1e-5) }, [x.ref], [weightsAt(c, 1), bias]);
  return { ...norm, ...(x.view && { view: x.view }) };
}

export function groupNorm(c: OperatorContext): LiveValue {
  const groups = integer(c, 'num_groups', 1);
  const own = [weightsAt(c, 1), weightsAt(c, 2)];
  const ref = refAt(c, 0);
  const [channels = 0] = c.b.shapeOf(ref);
  // Before opset 21 there was one number per group.
  const spread = own.map((numbers) => (numbers.shape[0] === channels ? numbers : repeated(numbers, channels)));
  return made(c, { kind: 'groupNorm', groups, epsilon: real(c, 'epsilon', 1e-5) }, [ref], spread);
}

/** Over each channel and all pixels; over groups, where the channels are in rows. */
export function instanceNorm(c: OperatorContext): LiveValue {
  const x = liveAt(c, 0);
  const epsilon = real(c, 'epsilon', 1e-5);
  const [weight, bias] = [weightsAt(c, 1), weightsAt(c, 2)];
  if (x.view?.kind === 'rows') {
    const isPlain = weight.read().every((n) => n === 1) && bias.read().every((n) => n === 0);
    if (!isPlain) fail('a weight for each group cannot be expressed, only for each channel');
    return { ...x, norm: { op: 'groupNorm', groups: x.view.groups, epsilon } };
  }
  const ref = refAt(c, 0);
  return made(c, { kind: 'groupNorm', groups: weight.shape[0] ?? 1, epsilon }, [ref], [weight, bias]);
}

export function localResponseNorm(c: OperatorContext): LiveValue {
  const [alpha, beta, k] = [real(c, 'alpha', 1e-4), real(c, 'beta', 0.75), real(c, 'bias', 1)];
  return made(c, { kind: 'localResponseNorm', size: integer(c, 'size', 1), alpha, beta, k }, [refAt(c, 0)]);
}

/** x / max(|x|, epsilon) over channels: `functional.normalize` of PyTorch. */
export function unitLength(c: OperatorContext): LiveValue | undefined {
  let bound = c.maker(1);
  if (bound?.node.type === 'Expand') bound = bound.maker(0);
  if (bound?.node.type !== 'Clip' && bound?.node.type !== 'Max') return undefined;
  const length = bound.maker(0);
  if (length?.node.type !== 'ReduceL2' || length.node.inputs[0] !== c.node.inputs[0]) return undefined;
  if (String(integers(length, 'axes', 1)) !== '1') return undefined;
  const least = bound.value(1) ? numberOf(bound.value(1)) : bound.attribute('min').real;
  if (least === undefined) return undefined;
  // In half precision the least divisor is its smallest number; likewise in single precision.
  return made(c, { kind: 'normalise', epsilon: shortest(Math.fround(least)) }, [refAt(c, 0)]);
}

/** (x - mean) / sqrt(variance + epsilon) over channels: a layer norm before its weight and bias. */
export function decomposedNorm(c: OperatorContext): LiveValue | undefined {
  const [centred, root] = [c.maker(0), c.maker(1)];
  if (centred?.node.type !== 'Sub' || root?.node.type !== 'Sqrt') return undefined;
  const sum = root.maker(0);
  const epsilon = sum?.node.type === 'Add' ? (numberOf(sum.value(1)) ?? numberOf(sum.value(0))) : undefined;
  const variance = sum?.maker(0)?.node.type === 'ReduceMean' ? sum.maker(0) : sum?.maker(1);
  const mean = centred.maker(1);
  if (epsilon === undefined || variance?.node.type !== 'ReduceMean' || mean?.node.type !== 'ReduceMean')
    return undefined;
  const squares = variance.maker(0);
  const isSquare =
    (squares?.node.type === 'Pow' && numberOf(squares.value(1)) === 2) ||
    (squares?.node.type === 'Mul' && squares.node.inputs[0] === squares.node.inputs[1]);
  if (!isSquare || mean.node.inputs[0] !== centred.node.inputs[0]) return undefined;
  const x = liveAt(centred, 0);
  const last = c.b.shapeOf(x.ref).length;
  const channels = x.view?.kind === 'last' ? last : 1;
  const isOverChannels = [mean, variance].every((node) => {
    const axes = (integers(node, 'axes', 1) ?? []).map((axis) => (axis < 0 ? axis + last + 1 : axis));
    return String(axes) === String(channels);
  });
  return isOverChannels ? { ...x, norm: { op: 'layerNorm', groups: 1, epsilon } } : undefined;
}

function repeated(numbers: Numbers, channels: number): Numbers {
  const times = channels / (numbers.shape[0] ?? 1);
  return {
    shape: [channels],
    isReal: true,
    read() {
      const each = numbers.read();
      return Float32Array.from({ length: channels }, (_, i) => each[Math.floor(i / times)] as number);
    },
  };
}
