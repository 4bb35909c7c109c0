import { type ActivationName, slopeOf } from '../../../src/ops/activations.ts';
import type { StepOpKind, StepOpOf } from '../../../src/ops/step-ops.ts';
import { erf } from '../../erf.ts';
import { avgPool, conv, maxPool, pad, sumSpace, transposedConv, upsample } from './spatial.ts';
import { type Doubles, dimsOf, fromList, mapped, zeros } from './tensor.ts';

/** The ops whose definition is a formula of their own; the others are gradients of these, or what a runner holds. */
export type ForwardKind = Exclude<
  StepOpKind,
  | 'input'
  | 'variable'
  | 'convGradWeight'
  | 'channelConvGradInput'
  | 'channelConvGradWeight'
  | 'biasGrad'
  | 'batchNormGrad'
  | 'normaliseGrad'
  | 'activationGrad'
  | 'globalAvgPoolGrad'
  | 'channelMeanGrad'
  | 'maxGrad'
  | 'unitLengthGrad'
  | 'groupNormGrad'
  | 'localResponseNormGrad'
  | 'maxPoolGrad'
  | 'avgPoolGrad'
  | 'upsampleGrad'
  | 'powerGrad'
  | 'fakeQuantizeGrad'
  | 'attendGrad'
  | 'linearGradInput'
  | 'linearGradWeight'
>;

type Formula<K extends StepOpKind> = (op: StepOpOf<K>, ...inputs: Doubles[]) => Doubles | Doubles[];

/** What an op gives, in double precision. Of `batchNorm` the first three outputs, of losses the first. */
export function forward(op: StepOpOf<ForwardKind>, inputs: readonly Doubles[]): Doubles[] {
  const result = (formulas[op.kind] as Formula<ForwardKind>)(op, ...inputs);
  return Array.isArray(result) ? result : [result];
}

const none = zeros([0]);

const formulas: { readonly [K in ForwardKind]: Formula<K> } = {
  conv: (op, x = none, weight = none) => conv(x, weight, op.window, op.groups),
  convGradInput: (op, dy = none, weight = none) => transposedConv(dy, weight, op),
  channelConv: (_op, x = none, weight = none) => {
    const taps = weight.data;
    const half = (taps.length - 1) / 2;
    return perPixel(x, (pixel) =>
      pixel.map((_v, k) => taps.reduce((sum, tap, i) => sum + tap * (pixel[k + i - half] ?? 0), 0)),
    );
  },
  after: (_op, x = none) => x,
  addBias: (_op, x = none, bias = none) => mapped(x, (v, i) => v + num(bias, channelAt(x, i))),
  batchNorm(op, x = none, gamma = none, beta = none) {
    const { c } = dimsOf(x);
    const count = x.data.length / c;
    const mean = channelSums(x, (v) => v / count);
    const variance = channelSums(x, (v, k) => (v - num(mean, k)) ** 2 / count);
    const y = forward({ kind: 'normalise', epsilon: op.epsilon }, [x, gamma, beta, mean, variance])[0] as Doubles;
    return [y, mean, mapped(variance, (v) => (v * count) / Math.max(count - 1, 1))];
  },
  batchNormAgain: (op, x = none, gamma = none, beta = none, mean = none, variance = none) => {
    const count = x.data.length / dimsOf(x).c;
    const still = mapped(variance, (v) => (v * (count - 1)) / count);
    return forward({ ...op, kind: 'normalise' }, [x, gamma, beta, mean, still])[0] as Doubles;
  },
  normalise: (op, x = none, gamma = none, beta = none, mean = none, variance = none) =>
    mapped(x, (v, i) => {
      const k = channelAt(x, i);
      return ((v - num(mean, k)) / Math.sqrt(num(variance, k) + op.epsilon)) * num(gamma, k) + num(beta, k);
    }),
  activation: (op, x = none) => {
    const { fn } = op;
    return fn === 'softmax' ? softmax(x) : mapped(x, (v) => activations[fn](v, slopeOf(op)));
  },
  globalAvgPool: (_op, x = none) => sumSpace(x, 1 / (dimsOf(x).h * dimsOf(x).w)),
  channelMean: (_op, x = none) => perPixel(x, (pixel) => [pixel.reduce((sum, v) => sum + v, 0) / pixel.length]),
  max: ({ over }, x = none) => {
    if (over === 'channels') return perPixel(x, (pixel) => [Math.max(...pixel)]);
    const { n, c, h, w } = dimsOf(x);
    const planes = Array.from({ length: n * c }, (_, i) => Math.max(...x.data.subarray(i * h * w, (i + 1) * h * w)));
    return fromList([n, c, 1, 1], planes);
  },
  groupNorm({ over, groups, epsilon }, x = none, gamma = none, beta = none) {
    const { c, h, w } = dimsOf(x);
    const plane = h * w;
    const normal = (i: number) => {
      const k = channelAt(x, i);
      const [first, count] = [k - (k % (c / groups)), c / groups];
      const start = i - k * plane - (i % plane);
      const pixels = over === 'pixel' ? [i % plane] : Array.from({ length: plane }, (_, at) => at);
      const values = Array.from({ length: count }, (_, of) => of).flatMap((of) =>
        pixels.map((at) => num(x, start + (first + of) * plane + at)),
      );
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
      return (num(x, i) - mean) / Math.sqrt(variance + epsilon);
    };
    return mapped(x, (_v, i) => normal(i) * num(gamma, channelAt(x, i)) + num(beta, channelAt(x, i)));
  },
  localResponseNorm: ({ size, alpha, beta, k }, x = none) =>
    perPixel(x, (pixel) =>
      pixel.map((v, at) => {
        const around = pixel.filter((_v, of) => Math.abs(of - at) <= (size - 1) / 2);
        return v / (k + (alpha / size) * around.reduce((sum, u) => sum + u * u, 0)) ** beta;
      }),
    ),
  unitLength: ({ epsilon }, x = none) =>
    perPixel(x, (pixel) => pixel.map((v) => v / Math.max(Math.hypot(...pixel), epsilon))),
  maxPool: (op, x = none) => maxPool(x, op.window),
  avgPool: (op, x = none) => avgPool(x, op.window, op.countPad),
  attend({ heads }, q = none, k = none, v = none) {
    const [{ n, c, h, w }, whole] = [dimsOf(q), dimsOf(v)];
    const [pixels, others] = [h * w, whole.h * whole.w];
    const [size, own] = [c / heads, whole.c / heads];
    const y = zeros([n, whole.c, h, w]);
    return mapped(y, (_v, at) => {
      const [i, channel, b] = [at % pixels, Math.floor(at / pixels) % whole.c, Math.floor(at / pixels / whole.c)];
      const first = b * c + Math.floor(channel / own) * size;
      const scores = Array.from({ length: others }, (_, j) => {
        let sum = 0;
        for (let d = first; d < first + size; d++) sum += num(q, d * pixels + i) * num(k, d * others + j);
        return Math.exp(sum / Math.sqrt(size));
      });
      const total = scores.reduce((sum, score) => sum + score, 0);
      return scores.reduce((sum, score, j) => sum + (score / total) * num(v, (b * whole.c + channel) * others + j), 0);
    });
  },
  flatten: (_op, x = none) => ({ shape: [dimsOf(x).n, x.data.length / dimsOf(x).n], data: x.data }),
  unflatten: (op, x = none) => ({ shape: [dimsOf(x).n, ...op.shape], data: x.data }),
  linear(_op, x = none, weight = none) {
    const [n = 0, ins = 0] = x.shape;
    const [outs = 0] = weight.shape;
    const y = zeros([n, outs]);
    for (let b = 0; b < n; b++)
      for (let o = 0; o < outs; o++)
        for (let i = 0; i < ins; i++)
          y.data[b * outs + o] = num(y, b * outs + o) + num(x, b * ins + i) * num(weight, o * ins + i);
    return y;
  },
  mask(op, noise = none) {
    const [n = 0, count = 0] = noise.shape;
    const [c = 1, h = 1, w = 1] = op.shape;
    const y = zeros([n, ...op.shape]);
    return mapped(y, (_v, i) => {
      const place = i % (h * w);
      const channel = Math.floor(i / (h * w)) % c;
      const b = Math.floor(i / (c * h * w));
      const stays = num(noise, b * count + op.offset + place * c + channel) >= op.rate && op.rate < 1;
      return stays ? 1 / (1 - op.rate) : 0;
    });
  },
  mul: (_op, a = none, b = none) => joined(a, b, (x, y) => x * y),
  add: (_op, first = none, ...others) => others.reduce((sum, x) => joined(sum, x, (a, b) => a + b), first),
  div: (_op, a = none, b = none) => joined(a, b, (x, y) => x / y),
  toSamples(op, value = none, x = none) {
    const y = zeros([dimsOf(x).n, ...op.shape]);
    return mapped(y, (_v, i) => num(value, i % value.data.length));
  },
  sumSamples(op, x = none) {
    const y = zeros(op.shape);
    x.data.forEach((v, i) => {
      const at = i % y.data.length;
      y.data[at] = num(y, at) + v;
    });
    return y;
  },
  rescale: (op, x = none) => mapped(x, (v) => v * op.scale + op.offset),
  power: (op, x = none) => mapped(x, (v) => v ** op.exponent),
  sumTo(op, x = none) {
    const y = zeros([dimsOf(x).n, ...op.shape]);
    x.data.forEach((v, i) => {
      const at = broadcast(x.shape, y.shape, i);
      y.data[at] = num(y, at) + v;
    });
    return y;
  },
  concat(_op, ...inputs) {
    const [first = none] = inputs;
    const { n } = dimsOf(first);
    const channels = inputs.reduce((sum, x) => sum + dimsOf(x).c, 0);
    const rows = Array.from({ length: n }, (_, b) =>
      inputs.flatMap((x) => [...x.data.subarray((b * x.data.length) / n, ((b + 1) * x.data.length) / n)]),
    );
    return fromList([n, channels, ...first.shape.slice(2)], rows.flat());
  },
  slice(op, x = none) {
    const { n, c, h, w } = dimsOf(x);
    const y = zeros([n, op.to - op.from, ...x.shape.slice(2)]);
    const size = (op.to - op.from) * h * w;
    return mapped(y, (_v, i) => num(x, Math.floor(i / size) * c * h * w + op.from * h * w + (i % size)));
  },
  zeros: (op, x = none) => zeros([dimsOf(x).n, ...op.shape]),
  channelShuffle(op, x = none) {
    const { c, h, w } = dimsOf(x);
    const each = c / op.groups;
    return mapped(x, (_v, i) => {
      const [place, channel, b] = [i % (h * w), Math.floor(i / (h * w)) % c, Math.floor(i / (c * h * w))];
      // Output channel j * groups + g is input channel g * each + j.
      const from = (channel % op.groups) * each + Math.floor(channel / op.groups);
      return num(x, (b * c + from) * h * w + place);
    });
  },
  pad: (op, x = none) => pad(x, op.pads),
  upsample: (op, x = none) => upsample(x, op),
  valueRange: (_op, ...values) => {
    const all = values.flatMap(({ data }) => [...data]);
    return fromList([3], [Math.min(...all), Math.max(...all), 1]);
  },
  fakeQuantize: (_op, x = none, range = none) => {
    const grid = gridOf(range);
    if (!grid) return x;
    const { scale, zero } = grid;
    return mapped(x, (v) => (Math.min(Math.max(toEven(v / scale) + zero, 0), 255) - zero) * scale);
  },
  fakeQuantizeFilters: (_op, weight = none) => {
    const size = weight.data.length / (weight.shape[0] as number);
    const largest = (i: number) => {
      const first = Math.floor(i / size) * size;
      return Math.max(...weight.data.subarray(first, first + size).map(Math.abs)) || 1;
    };
    return mapped(weight, (v, i) => toEven((v * 127) / largest(i)) * (largest(i) / 127));
  },
  softmaxCrossEntropy: (_op, logits = none, targets = none) => perSample(logits, targets, (t, log) => -t * log),
  focalLoss: (_op, logits = none, targets = none, gamma = none) =>
    perSample(logits, targets, (t, log) => -t * (1 - Math.exp(log)) ** num(gamma, 0) * log),
  weightedMean: ({ factor }, values = none, weights = none) =>
    fromList([], [(factor * values.data.reduce((sum, v, i) => sum + v * num(weights, i), 0)) / dimsOf(values).n]),
  scaleSamples({ factor }, x = none, weights = none) {
    const { n } = dimsOf(x);
    return mapped(x, (v, i) => (factor * v * num(weights, Math.floor(i / (x.data.length / n)))) / n);
  },
  globalNorm: (_op, ...inputs) =>
    fromList([], [Math.sqrt(inputs.reduce((sum, x) => sum + x.data.reduce((s, v) => s + v * v, 0), 0))]),
  clipFactor: (_op, norm = none, limit = none) =>
    fromList([], [num(limit, 0) === 0 ? 1 : Math.min(1, num(limit, 0) / num(norm, 0))]),
  scale: (_op, x = none, factor = none) => mapped(x, (v) => v * num(factor, 0)),
  addScaled: (_op, x = none, y = none, factor = none) => mapped(x, (v, i) => v + num(factor, 0) * num(y, i)),
  isFinite: (_op, x = none) => fromList([], [x.data.every(Number.isFinite) ? 1 : 0]),
};

/** The step of a range and the number that stands for 0 among 256; undefined where it has seen nothing. */
export function gridOf(range: Doubles): { readonly scale: number; readonly zero: number } | undefined {
  const [least = 0, most = 0, weight = 0] = range.data;
  if (weight === 0) return undefined;
  const low = Math.min(least / weight, 0);
  const width = Math.max(most / weight, 0) - low;
  const scale = (width || 1) / 255;
  return { scale, zero: Math.min(Math.max(toEven(-low / scale), 0), 255) };
}

/** The nearest whole number; of two the even one. */
function toEven(v: number): number {
  const low = Math.floor(v);
  return v - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(v);
}

const activations: Readonly<Record<Exclude<ActivationName, 'softmax'>, (x: number, slope: number) => number>> = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  hardsigmoid: (x, slope) => Math.min(Math.max(slope * x + 0.5, 0), 1),
  hardswish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  tanh: Math.tanh,
};

/** What a function of the channels gives at each pixel, as channels again. */
function perPixel(x: Doubles, fn: (pixel: readonly number[]) => readonly number[]): Doubles {
  const { n, c, h, w } = dimsOf(x);
  const plane = h * w;
  const pixels = Array.from({ length: n * plane }, (_, i) => {
    const first = Math.floor(i / plane) * c * plane + (i % plane);
    return fn(Array.from({ length: c }, (_, k) => num(x, first + k * plane)));
  });
  const channels = pixels[0]?.length ?? 0;
  const y = zeros(x.shape.with(1, channels));
  return mapped(y, (_v, i) => {
    const [sample, k] = [Math.floor(i / (channels * plane)), Math.floor(i / plane) % channels];
    return pixels[sample * plane + (i % plane)]?.[k] as number;
  });
}

/** Over the channels of each pixel. */
function softmax(x: Doubles): Doubles {
  return perPixel(x, (pixel) => pixel.map((v) => 1 / pixel.reduce((sum, other) => sum + Math.exp(other - v), 0)));
}

function num(x: Doubles, index: number): number {
  return x.data[index] as number;
}

function channelAt(x: Doubles, index: number): number {
  const { c, h, w } = dimsOf(x);
  return Math.floor(index / (h * w)) % c;
}

function channelSums(x: Doubles, part: (value: number, channel: number) => number): Doubles {
  const sums = zeros([dimsOf(x).c]);
  x.data.forEach((v, i) => {
    const k = channelAt(x, i);
    sums.data[k] = num(sums, k) + part(v, k);
  });
  return sums;
}

/** Two tensors element by element, each repeated where it has ones and the other sizes. */
function joined(a: Doubles, b: Doubles, of: (x: number, y: number) => number): Doubles {
  const whole = zeros(a.shape.map((n, axis) => Math.max(n, b.shape[axis] as number)));
  const at = (x: Doubles, i: number) => num(x, broadcast(whole.shape, x.shape, i));
  return mapped(whole, (_v, i) => of(at(a, i), at(b, i)));
}

/** The index in a tensor that has ones where `full` has sizes. */
function broadcast(full: readonly number[], other: readonly number[], index: number): number {
  let [rest, at, step] = [index, 0, 1];
  for (let axis = full.length - 1; axis >= 0; axis--) {
    const size = full[axis] as number;
    if (other[axis] === size) at += (rest % size) * step;
    step *= other[axis] as number;
    rest = Math.floor(rest / size);
  }
  return at;
}

/** The sum over classes of what each gives by its target and the logarithm of its probability. */
function perSample(logits: Doubles, targets: Doubles, part: (target: number, log: number) => number): Doubles {
  const [n = 0, classes = 0] = logits.shape;
  const losses = Array.from({ length: n }, (_, b) => {
    const row = logits.data.subarray(b * classes, (b + 1) * classes);
    const most = Math.max(...row);
    const total = most + Math.log(row.reduce((sum, z) => sum + Math.exp(z - most), 0));
    return row.reduce((sum, z, k) => sum + part(num(targets, b * classes + k), z - total), 0);
  });
  return fromList([n], losses);
}
