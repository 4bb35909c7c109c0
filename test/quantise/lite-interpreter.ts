import { type Graph, type GraphNode, inputShapeOf, type TensorSpec, typeOf } from '../../src/5-graph/graph.ts';
import { isQuantised, type QuantisedType, sameType } from '../../src/5-graph/value-type.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { eachProduct, integersOf } from './integer-interpreter.ts';
import { factorOf, roundAway, scaledBy } from './lite-arithmetic.ts';

type Numbers = readonly number[];

const scaleOf = (type: QuantisedType) => type.scales[0]!;
const clamp = (x: number, [least, most]: readonly [number, number]) => Math.min(Math.max(x, least), most);
const bytes = [-128, 127] as const;

/**
 * A graph of one sample as TensorFlow Lite's reference kernels compute it: int8 values, sums in int32, factors of 31 bits. What
 * its quantisation specification leaves open, tables of functions, is rounded from the real function here.
 */
export function runLiteIntegers(graph: Graph, source: WeightSource, image: Float32Array): Map<number, Numbers> {
  const values = new Map<number, Numbers>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((ref) => values.get(ref.node)!);
    values.set(node.id, node.op.kind === 'input' ? [...image] : compute(graph, node, inputs, source));
  }
  return values;
}

function compute(graph: Graph, node: GraphNode, inputs: readonly Numbers[], source: WeightSource): Numbers {
  const { op, type } = node;
  const [x = [], y = []] = inputs;
  const from = node.inputs.map((ref) => typeOf(graph, ref));
  if (op.kind === 'cast') return cast(x, from[0]!, type);
  if (!isQuantised(type)) throw new Error(`${op.kind} computes in float32`);
  const [a, b] = from as [QuantisedType, QuantisedType?];
  switch (op.kind) {
    case 'conv':
    case 'linear':
      return products(graph, node, x, source, a, type);
    case 'add': {
      // both terms with 20 more bits
      const twice = 2 * Math.max(scaleOf(a), scaleOf(b!));
      const [forA, forB] = [factorOf(scaleOf(a) / twice), factorOf(scaleOf(b!) / twice)];
      const back = factorOf(twice / (2 ** 20 * scaleOf(type)));
      const wide = (q: number, zero: number, factor: typeof forA) => scaledBy((q - zero) * 2 ** 20, factor);
      const range = rangeOf(fusedOf(graph, node), type);
      return x.map((q, i) => {
        const sum = wide(q, a.zeroPoint, forA) + wide(y[i]!, b!.zeroPoint, forB);
        return clamp(scaledBy(sum, back) + type.zeroPoint, range);
      });
    }
    case 'mul': {
      const factor = factorOf(Math.fround(Math.fround(scaleOf(a) * scaleOf(b!)) / scaleOf(type)));
      const size = x.length / y.length;
      return x.map((q, i) => {
        const product = (q - a.zeroPoint) * (y[Math.floor(i / size)]! - b!.zeroPoint);
        return clamp(scaledBy(product, factor) + type.zeroPoint, bytes);
      });
    }
    case 'globalAvgPool': {
      const channels = node.shapes[0]![0]!;
      const size = x.length / channels;
      const sums = Array.from({ length: channels }, (_, c) => sumOf(x.slice(c * size, (c + 1) * size)));
      // the size is a part of the factor
      const factor = factorOf(scaleOf(a) / scaleOf(type) / size);
      return sums.map((sum) => clamp(scaledBy(sum - size * a.zeroPoint, factor) + type.zeroPoint, bytes));
    }
    case 'maxPool':
    case 'avgPool':
      return pooled(graph, node, x);
    case 'pad': {
      const [channels, height, width] = inputShapeOf(graph, node) as [number, number, number];
      const { top, left } = op.pads;
      const [, rows, columns] = node.shapes[0] as [number, number, number];
      const out = Array<number>(channels * rows * columns).fill(type.zeroPoint);
      x.forEach((q, i) => {
        const [c, row, column] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
        out[(c * rows + row + top) * columns + column + left] = q;
      });
      return out;
    }
    case 'concat':
      return inputs.flat();
    case 'flatten':
      return x;
    case 'activation': {
      if (sameType(a, type)) return x;
      if (op.fn === 'relu' || op.fn === 'relu6') {
        const factor = factorOf(scaleOf(a) / scaleOf(type));
        return x.map((q) => clamp(scaledBy(q - a.zeroPoint, factor) + type.zeroPoint, rangeOf(op.fn, type)));
      }
      return x.map((q) => {
        const real = scaleOf(a) * (q - a.zeroPoint);
        const rounded = (r: number, { scales, zeroPoint }: QuantisedType) =>
          clamp(roundAway(r / scales[0]!) + zeroPoint, bytes);
        const share = 1 / (1 + Math.exp(-real));
        if (op.fn === 'silu') return rounded(real * ((rounded(share, shares) + 128) / 256), type);
        return rounded(functions[op.fn]!(real), type);
      });
    }
    default:
      throw new Error(`the interpreter does not know ${op.kind}`);
  }
}

/** What LOGISTIC gives. */
const shares: QuantisedType = { element: 'int8', scales: [1 / 256], zeroPoint: -128 };

const functions: Readonly<Record<string, (x: number) => number>> = {
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  hardswish: (x) => (x * clamp(x + 3, [0, 6])) / 6,
  leaky_relu: (x) => (x < 0 ? 0.01 * x : x),
};

function cast(x: Numbers, from: ReturnType<typeof typeOf>, to: GraphNode['type']): Numbers {
  if (!isQuantised(to)) {
    const { scales, zeroPoint } = from as QuantisedType;
    return x.map((q) => Math.fround(scales[0]! * (q - zeroPoint)));
  }
  if (!isQuantised(from)) {
    return x.map((r) => clamp(roundAway(Math.fround(r / scaleOf(to))) + to.zeroPoint, bytes));
  }
  const factor = factorOf(scaleOf(from) / scaleOf(to));
  return x.map((q) => clamp(scaledBy(q - from.zeroPoint, factor) + to.zeroPoint, bytes));
}

function products(
  graph: Graph,
  node: GraphNode,
  x: Numbers,
  source: WeightSource,
  from: QuantisedType,
  to: QuantisedType,
): Numbers {
  const [weight, bias] = node.tensors as [TensorSpec, TensorSpec?];
  const w = integersOf(weight, source);
  const b = bias ? integersOf(bias, source) : undefined;
  const count = node.shapes[0]!.reduce((n, m) => n * m, 1);
  const size = count / weight.shape[0]!;
  const filterOf = (o: number) => Math.floor(o / size);
  const sums = Array.from({ length: count }, (_, o) => b?.[filterOf(o)] ?? 0);
  eachProduct(graph, node, (o, i, k) => (sums[o]! += (x[i]! - from.zeroPoint) * w[k]!));
  const { scales } = weight.type as QuantisedType;
  const factors = scales.map((scale) => factorOf((scaleOf(from) * scale) / scaleOf(to)));
  const range = rangeOf(fusedOf(graph, node), to);
  return sums.map((sum, o) => clamp(scaledBy(sum, factors[filterOf(o)]!) + to.zeroPoint, range));
}

function pooled(graph: Graph, node: GraphNode, x: Numbers): Numbers {
  const { op } = node;
  if (op.kind !== 'maxPool' && op.kind !== 'avgPool') throw new Error(op.kind);
  const [channels, height, width] = inputShapeOf(graph, node) as [number, number, number];
  const [, rows, columns] = node.shapes[0] as [number, number, number];
  const { kernel, stride, pads } = op.window;
  const at = (o: number) => {
    const [c, row, column] = [Math.floor(o / (rows * columns)), Math.floor(o / columns) % rows, o % columns];
    const seen: number[] = [];
    for (let j = 0; j < kernel[0]; j++) {
      for (let k = 0; k < kernel[1]; k++) {
        const [y, z] = [row * stride[0] + j - pads.top, column * stride[1] + k - pads.left];
        if (y >= 0 && y < height && z >= 0 && z < width) seen.push(x[(c * height + y) * width + z]!);
      }
    }
    return seen;
  };
  return Array.from({ length: channels * rows * columns }, (_, o) => {
    const seen = at(o);
    if (op.kind === 'maxPool') return Math.max(...seen);
    const sum = sumOf(seen);
    const half = Math.floor(seen.length / 2);
    return Math.trunc((sum > 0 ? sum + half : sum - half) / seen.length);
  });
}

function sumOf(x: Numbers): number {
  return x.reduce((sum, q) => sum + q, 0);
}

/** The activation that is done with an op, where one alone reads it in the same type. */
function fusedOf(graph: Graph, { id, type }: GraphNode): string {
  const readers = graph.nodes.filter(({ inputs }) => inputs.some(({ node }) => node === id));
  const [reader] = readers;
  return readers.length === 1 && reader?.op.kind === 'activation' && sameType(reader.type, type) ? reader.op.fn : '';
}

/** `CalculateActivationRangeQuantized` */
function rangeOf(fn: string, type: QuantisedType): readonly [number, number] {
  const at = (real: number) => type.zeroPoint + roundAway(Math.fround(real / scaleOf(type)));
  if (fn === 'relu') return [Math.max(-128, at(0)), 127];
  if (fn === 'relu6') return [Math.max(-128, at(0)), Math.min(127, at(6))];
  return bytes;
}
