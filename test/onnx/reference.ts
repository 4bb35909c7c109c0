import type { Graph, GraphNode } from '../../src/5-graph/graph.ts';
import { elements, shapeOf } from '../../src/5-graph/graph.ts';
import { type ActivationName, slopeOf } from '../../src/ops/activations.ts';
import type { Window } from '../../src/ops/window.ts';
import type { WeightSource } from '../../src/weights/weight-source.ts';
import { erf } from '../erf.ts';

type Values = Float64Array;

/**
 * The network by plain loops in double precision, one sample: what every emitted file must give.
 * @param round applied to every number that a node gives.
 */
export function runReference(
  graph: Graph,
  weights: WeightSource,
  inputs: Record<string, Float32Array>,
  round: (value: number) => number = (value) => value,
): Values[] {
  const results: Values[][] = [];
  for (const node of graph.nodes) {
    const shapes = node.inputs.map((ref) => shapeOf(graph, ref) as number[]);
    const values = node.inputs.map((ref) => results[ref.node]![ref.output]!);
    const tensors = node.tensors.map((spec) => Float64Array.from(weights.read(spec)));
    const given =
      node.op.kind === 'input' ? [Float64Array.from(inputs[node.op.name]!)] : evaluate(node, values, shapes, tensors);
    results.push(given.map((numbers) => numbers.map(round)));
  }
  return graph.outputs.map(({ value }) => results[value.node]![value.output]!);
}

function evaluate(node: GraphNode, inputs: Values[], shapes: number[][], tensors: Values[]): Values[] {
  const { op } = node;
  const [x] = inputs as [Values];
  const [c, h, w] = (shapes[0] ?? []) as [number, number, number];
  const outShape = node.shapes[0] as [number, number, number];
  const out = new Float64Array(elements(outShape));
  const fill = (f: (channel: number, i: number, j: number) => number) => {
    let at = 0;
    for (let n = 0; n < outShape[0]; n++)
      for (let i = 0; i < outShape[1]; i++) for (let j = 0; j < outShape[2]; j++) out[at++] = f(n, i, j);
    return [out];
  };
  const at = (values: Values, channel: number, i: number, j: number) =>
    i < 0 || j < 0 || i >= h || j >= w ? 0 : values[(channel * h + i) * w + j]!;
  const plane = (h ?? 1) * (w ?? 1);
  const pixelAt = (at: number) => Array.from({ length: c }, (_, k) => x[k * plane + at]!);

  const scaled = (v: number, i: number) =>
    v * tensors[0]![Math.floor(i / plane)]! + tensors[1]![Math.floor(i / plane)]!;

  switch (op.kind) {
    case 'conv': {
      const [high, wide] = op.window.kernel;
      const groupIn = c / op.groups;
      const groupOut = op.filters / op.groups;
      return fill((f, i, j) => {
        let sum = tensors[1]?.[f] ?? 0;
        const start = Math.floor(f / groupOut) * groupIn;
        for (let n = 0; n < groupIn; n++)
          for (const [ki, kj, row, col] of cells(op.window, i, j))
            sum += at(x, start + n, row, col) * tensors[0]![((f * groupIn + n) * high + ki) * wide + kj]!;
        return sum;
      });
    }
    case 'convTranspose': {
      const [high, wide] = op.window.kernel;
      const groupIn = c / op.groups;
      const groupOut = op.filters / op.groups;
      const [, rows, columns] = outShape;
      out.forEach((_v, i) => {
        out[i] = tensors[1]?.[Math.floor(i / (rows * columns))] ?? 0;
      });
      // each pixel of the input adds the kernel to what it lies over
      for (let n = 0; n < c; n++)
        for (let i = 0; i < h; i++)
          for (let j = 0; j < w; j++)
            for (const [ki, kj, row, col] of cells(op.window, i, j)) {
              if (row < 0 || col < 0 || row >= rows || col >= columns) continue;
              for (let f = 0; f < groupOut; f++) {
                const filter = Math.floor(n / groupIn) * groupOut + f;
                out[(filter * rows + row) * columns + col]! +=
                  at(x, n, i, j) * tensors[0]![((n * groupOut + f) * high + ki) * wide + kj]!;
              }
            }
      return [out];
    }
    case 'maxPool':
      return fill((n, i, j) => {
        const inside = cells(op.window, i, j).filter(([, , row, col]) => row >= 0 && col >= 0 && row < h && col < w);
        return Math.max(...inside.map(([, , row, col]) => at(x, n, row, col)));
      });
    case 'avgPool':
      return fill((n, i, j) => {
        const all = cells(op.window, i, j);
        const inside = all.filter(([, , row, col]) => row >= 0 && col >= 0 && row < h && col < w);
        const sum = inside.reduce((s, [, , row, col]) => s + at(x, n, row, col), 0);
        return sum / (op.countPad ? all.length : inside.length);
      });
    case 'batchNorm': {
      const [gamma, beta, mean, variance] = tensors as [Values, Values, Values, Values];
      return [
        x.map((v, i) => {
          const n = Math.floor((i * c) / x.length);
          return ((v - mean[n]!) / Math.sqrt(variance[n]! + op.epsilon)) * gamma[n]! + beta[n]!;
        }),
      ];
    }
    case 'activation': {
      const { fn } = op;
      return [fn === 'softmax' ? softmax(x, x.length / c) : x.map((v) => activation[fn](v, slopeOf(op)))];
    }
    case 'globalAvgPool':
      return [out.map((_, n) => x.subarray(n * plane, (n + 1) * plane).reduce((a, b) => a + b, 0) / plane)];
    case 'globalMaxPool':
      return [out.map((_, n) => Math.max(...x.subarray(n * plane, (n + 1) * plane)))];
    case 'channelMean':
      return [out.map((_, at) => pixelAt(at).reduce((a, b) => a + b, 0) / c)];
    case 'channelMax':
      return [out.map((_, at) => Math.max(...pixelAt(at)))];
    case 'layerNorm':
      return [x.map((v, i) => scaled(normal(v, pixelAt(i % plane), op.epsilon), i))];
    case 'groupNorm': {
      const size = x.length / op.groups;
      const group = (i: number) => x.subarray(i - (i % size), i - (i % size) + size);
      return [x.map((v, i) => scaled(normal(v, [...group(i)], op.epsilon), i))];
    }
    case 'localResponseNorm': {
      const around = (i: number) =>
        pixelAt(i % plane).filter((_, k) => Math.abs(k - Math.floor(i / plane)) <= op.size / 2);
      const sum = (i: number) => around(i).reduce((s, v) => s + v * v, 0);
      return [x.map((v, i) => v / (op.k + (op.alpha / op.size) * sum(i)) ** op.beta)];
    }
    case 'normalise':
      return [x.map((v, i) => v / Math.max(Math.hypot(...pixelAt(i % plane)), op.epsilon))];
    case 'linear':
      return [
        out.map((_, unit) => x.reduce((s, v, i) => s + v * tensors[0]![unit * x.length + i]!, tensors[1]?.[unit] ?? 0)),
      ];
    case 'add':
    case 'sub':
    case 'mul':
    case 'div': {
      // An axis of 1 is repeated.
      const [, height = 1, width = 1] = outShape;
      const element = (values: Values, [, rows = 1, columns = 1]: number[], channels: number, i: number) => {
        const [n, row, column] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
        return values[
          ((channels === 1 ? 0 : n) * rows + (rows === 1 ? 0 : row)) * columns + (columns === 1 ? 0 : column)
        ]!;
      };
      const { kind } = op;
      return [
        out.map((_, i) =>
          inputs
            .map((values, k) => element(values, shapes[k]!, shapes[k]![0]!, i))
            .reduce((a, b) => arithmetic[kind](a, b)),
        ),
      ];
    }
    case 'weight':
      return [tensors[0]!];
    case 'rescale':
      return [x.map((v) => v * op.scale + op.offset)];
    case 'concat':
      return [Float64Array.from(inputs.flatMap((v) => [...v]))];
    case 'split':
      return Array.from({ length: op.parts }, (_, n) =>
        x.slice((n * x.length) / op.parts, ((n + 1) * x.length) / op.parts),
      );
    case 'channelShuffle': {
      const members = c / op.groups;
      return fill((n, i, j) => at(x, (n % op.groups) * members + Math.floor(n / op.groups), i, j));
    }
    case 'upsample': {
      const { mode, rows, columns } = op;
      const inside = (i: number, size: number) => Math.min(Math.max(i, 0), size - 1);
      if (mode === 'nearest')
        return fill((n, i, j) => at(x, n, Math.floor((i * h) / rows.to), Math.floor((j * w) / columns.to)));
      if (mode === 'area')
        return fill((n, i, j) => {
          const [top, left] = [Math.floor((i * h) / rows.to), Math.floor((j * w) / columns.to)];
          const [bottom, right] = [Math.ceil(((i + 1) * h) / rows.to), Math.ceil(((j + 1) * w) / columns.to)];
          let sum = 0;
          for (let row = top; row < bottom; row++)
            for (let column = left; column < right; column++) sum += at(x, n, row, column);
          return sum / ((bottom - top) * (right - left));
        });
      return fill((n, i, j) => {
        const [row, column] = [((i + 0.5) * h) / rows.to - 0.5, ((j + 0.5) * w) / columns.to - 0.5];
        let sum = 0;
        for (const top of [Math.floor(row), Math.floor(row) + 1])
          for (const left of [Math.floor(column), Math.floor(column) + 1])
            sum +=
              (1 - Math.abs(row - top)) * (1 - Math.abs(column - left)) * at(x, n, inside(top, h), inside(left, w));
        return sum;
      });
    }
    case 'channelConv':
      return [
        x.map((_v, i) => {
          const pixel = pixelAt(i % plane);
          const start = Math.floor(i / plane) - (op.kernel - 1) / 2;
          return tensors[0]!.reduce((sum, tap, t) => sum + tap * (pixel[start + t] ?? 0), 0);
        }),
      ];
    case 'attend': {
      const [q, k, v] = inputs as [Values, Values, Values];
      const [pixels, others] = [q.length / c, k.length / c];
      const own = v.length / others / op.heads;
      const size = c / op.heads;
      for (let head = 0; head < op.heads; head++)
        for (let i = 0; i < pixels; i++) {
          const score = (j: number) =>
            Array.from({ length: size }, (_, d) => head * size + d).reduce(
              (sum, d) => sum + q[d * pixels + i]! * k[d * others + j]!,
              0,
            ) / Math.sqrt(size);
          const scores = Array.from({ length: others }, (_, j) => score(j));
          const total = scores.reduce((sum, s) => sum + Math.exp(s - Math.max(...scores)), 0);
          for (let d = head * own; d < (head + 1) * own; d++)
            out[d * pixels + i] = scores.reduce(
              (sum, s, j) => sum + (Math.exp(s - Math.max(...scores)) / total) * v[d * others + j]!,
              0,
            );
        }
      return [out];
    }
    case 'power':
      return [x.map((v) => v ** op.exponent)];
    case 'pad':
      return fill((n, i, j) => at(x, n, i - op.pads.top, j - op.pads.left));
    default:
      return [x];
  }
}

const arithmetic = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
};

/** The cells under a window: its own row and column, and the input's. */
function cells({ kernel, stride, dilation, pads }: Window, i: number, j: number): [number, number, number, number][] {
  const result: [number, number, number, number][] = [];
  for (let ki = 0; ki < kernel[0]; ki++)
    for (let kj = 0; kj < kernel[1]; kj++)
      result.push([ki, kj, i * stride[0] + ki * dilation[0] - pads.top, j * stride[1] + kj * dilation[1] - pads.left]);
  return result;
}

/** A number without the mean of some, over their deviation. */
function normal(v: number, of: readonly number[], epsilon: number): number {
  const mean = of.reduce((a, b) => a + b, 0) / of.length;
  const variance = of.reduce((a, b) => a + (b - mean) ** 2, 0) / of.length;
  return (v - mean) / Math.sqrt(variance + epsilon);
}

const relu6 = (x: number) => Math.min(Math.max(x, 0), 6);

const activation: Record<Exclude<ActivationName, 'softmax'>, (x: number, slope: number) => number> = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6,
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  hardsigmoid: (x, slope) => Math.min(Math.max(slope * x + 0.5, 0), 1),
  hardswish: (x) => (x * relu6(x + 3)) / 6,
  tanh: Math.tanh,
};

/** Over the channels, each of which has `plane` numbers: 1 over the sum of exp(other - own), which may be infinite. */
function softmax(x: Values, plane: number): Values {
  return x.map((own, i) => {
    let sum = 0;
    for (let at = i % plane; at < x.length; at += plane) sum += Math.exp(x[at]! - own);
    return 1 / sum;
  });
}
