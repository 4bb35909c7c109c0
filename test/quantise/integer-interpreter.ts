import { type Graph, type GraphNode, inputShapeOf, type TensorSpec, typeOf } from '../../src/5-graph/graph.ts';
import { elementRange, isQuantised, type QuantisedType } from '../../src/5-graph/value-type.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';

/** Halves to the even number, as IEEE 754 rounds. */
function round(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

const bounded = (x: number, type: QuantisedType) => {
  const [least, most] = elementRange(type);
  return Math.min(Math.max(x, least), most);
};

/** The whole numbers that a tensor is held as. */
export function integersOf(tensor: TensorSpec, source: WeightSource): number[] {
  const type = tensor.type as QuantisedType;
  const values = [...source.read(tensor)];
  const size = values.length / type.scales.length;
  return values.map((x, i) => bounded(round(x / type.scales[Math.floor(i / size)]!), type));
}

type Numbers = number[];

/**
 * A quantised graph of one sample in whole numbers, written from the definition of affine quantisation (Jacob et al. 2018,
 * section 2.2) and not from any code: sums of products are exact, and each is brought to the result's scale by one real factor.
 * Values of float nodes are real numbers. Knows the ops that the tests' networks have.
 */
export function runIntegers(graph: Graph, source: WeightSource, image: Float32Array): Map<number, Numbers> {
  const values = new Map<number, Numbers>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((ref) => values.get(ref.node)!);
    values.set(node.id, node.op.kind === 'input' ? [...image] : compute(graph, node, inputs, source));
  }
  return values;
}

function compute(graph: Graph, node: GraphNode, [x = [], ...more]: Numbers[], source: WeightSource): Numbers {
  const { op, type } = node;
  const from = node.inputs.map((ref) => typeOf(graph, ref));
  const held = from[0]!;
  switch (op.kind) {
    case 'cast': {
      const real = isQuantised(held) ? x.map((q) => held.scales[0]! * (q - held.zeroPoint)) : x;
      return isQuantised(type) ? real.map((r) => bounded(round(r / type.scales[0]!) + type.zeroPoint, type)) : real;
    }
    case 'conv':
    case 'linear':
      return isQuantised(type) && isQuantised(held)
        ? products(graph, node, x, source, held, type)
        : floats(graph, node, x, source);
    case 'activation': {
      if (isQuantised(type)) return x;
      if (op.fn === 'silu') return x.map((r) => r / (1 + Math.exp(-r)));
      if (op.fn === 'relu6') return x.map((r) => Math.min(Math.max(r, 0), 6));
      throw new Error(op.fn);
    }
    case 'add': {
      if (!isQuantised(type)) return x.map((r, i) => r + more[0]![i]!);
      const [a, b] = from as [QuantisedType, QuantisedType];
      return x.map((q, i) => {
        const real = a.scales[0]! * (q - a.zeroPoint) + b.scales[0]! * (more[0]![i]! - b.zeroPoint);
        return bounded(round(real / type.scales[0]!) + type.zeroPoint, type);
      });
    }
    case 'globalAvgPool': {
      const channels = node.shapes[0]![0]!;
      const size = x.length / channels;
      return Array.from(
        { length: channels },
        (_, c) => x.slice(c * size, (c + 1) * size).reduce((s, r) => s + r, 0) / size,
      );
    }
    default:
      throw new Error(`the interpreter does not know ${op.kind}`);
  }
}

/** What reads which element of the input, with which of the weight: `visit(output, input, weight)`. */
export function eachProduct(graph: Graph, node: GraphNode, visit: (o: number, i: number, w: number) => void): void {
  const { op } = node;
  if (op.kind === 'linear') {
    const inputs = node.tensors[0]!.shape[1]!;
    for (let o = 0; o < op.units; o++) for (let i = 0; i < inputs; i++) visit(o, i, o * inputs + i);
    return;
  }
  if (op.kind !== 'conv') throw new Error(op.kind);
  const [channels, height, width] = inputShapeOf(graph, node) as [number, number, number];
  const [filters, rows, columns] = node.shapes[0] as [number, number, number];
  const { kernel, stride, pads } = op.window;
  const [inGroup, outGroup] = [channels / op.groups, filters / op.groups];
  for (let f = 0; f < filters; f++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let c = 0; c < inGroup; c++) {
          for (let j = 0; j < kernel[0]; j++) {
            for (let k = 0; k < kernel[1]; k++) {
              const [row, column] = [y * stride[0] + j - pads.top, x * stride[1] + k - pads.left];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              const channel = Math.floor(f / outGroup) * inGroup + c;
              visit(
                (f * rows + y) * columns + x,
                (channel * height + row) * width + column,
                ((f * inGroup + c) * kernel[0] + j) * kernel[1] + k,
              );
            }
          }
        }
      }
    }
  }
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
  const count = node.shapes[0]!.reduce((a, n) => a * n, 1);
  const filters = weight.shape[0]!;
  const size = count / filters;
  const sums = Array.from({ length: count }, (_, o) => b?.[Math.floor(o / size)] ?? 0);
  eachProduct(graph, node, (o, i, k) => (sums[o]! += (x[i]! - from.zeroPoint) * w[k]!));
  const { scales } = weight.type as QuantisedType;
  return sums.map((sum, o) =>
    bounded(round((sum * from.scales[0]! * scales[Math.floor(o / size)]!) / to.scales[0]!) + to.zeroPoint, to),
  );
}

/** An op that gives real numbers, with a weight that may be held as integers. */
function floats(graph: Graph, node: GraphNode, x: Numbers, source: WeightSource): Numbers {
  const [weight, bias] = node.tensors as [TensorSpec, TensorSpec?];
  const { type } = weight;
  const perFilter = weight.shape.slice(1).reduce((a, n) => a * n, 1);
  const w = isQuantised(type)
    ? integersOf(weight, source).map((q, i) => q * type.scales[Math.floor(i / perFilter)]!)
    : [...source.read(weight)];
  const b = bias ? [...source.read(bias)] : undefined;
  const count = node.shapes[0]!.reduce((a, n) => a * n, 1);
  const size = count / weight.shape[0]!;
  const sums = Array.from({ length: count }, (_, o) => b?.[Math.floor(o / size)] ?? 0);
  eachProduct(graph, node, (o, i, k) => (sums[o]! += x[i]! * w[k]!));
  return sums;
}
