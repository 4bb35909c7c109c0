import { expect, test } from 'vitest';
import { chooseDamping } from '../../src/quantise/damping.ts';
import { fitFilters, roundFilters } from '../../src/quantise/least-squares.ts';
import { addSamples, emptySums, meansOf, momentsOf } from '../../src/quantise/moments.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';

const [samples, n, filters] = [403, 6, 3];

function normal(length: number, name: string): Float32Array {
  const values = new Float32Array(length);
  fillNormal(values, randomState(1, name), 1);
  return values;
}

/** Inputs above 0 that go together, as the pixels of a window do, and what filters give of them. */
function layer(seed = 0) {
  const [common, own, weights] = [
    normal(samples, `common ${seed}`),
    normal(samples * n, `own ${seed}`),
    normal(filters * n, `weights ${seed}`),
  ];
  const inputs = own.map((x, i) => Math.abs(3 * common[Math.floor(i / n)]! + x));
  const outputs = new Float32Array(samples * filters);
  for (let s = 0; s < samples; s++) {
    for (let f = 0; f < filters; f++) {
      for (let j = 0; j < n; j++) outputs[s * filters + f]! += weights[f * n + j]! * inputs[s * n + j]!;
      outputs[s * filters + f]! += f;
    }
  }
  return { inputs, outputs, weights };
}

/** Sums of what a layer reads and gives, in parts of which the last is no multiple of four. */
function summed(inputs: Float32Array, outputs: Float32Array, weights?: Float32Array) {
  const sums = emptySums(n, filters, 'moments');
  for (let first = 0; first < samples; first += 100) {
    const count = Math.min(100, samples - first);
    const [xs, ys] = [
      inputs.subarray(first * n, (first + count) * n),
      outputs.subarray(first * filters, (first + count) * filters),
    ];
    addSamples(sums, xs, ys, count, weights?.subarray(first, first + count));
  }
  return sums;
}

/** The mean squared error of whole numbers and a bias. */
function errorOf(
  inputs: Float32Array,
  outputs: Float32Array,
  integers: ArrayLike<number>,
  scales: readonly number[],
  bias: ArrayLike<number>,
) {
  let error = 0;
  for (let s = 0; s < samples; s++) {
    for (let f = 0; f < filters; f++) {
      let y = bias[f]!;
      for (let j = 0; j < n; j++) y += integers[f * n + j]! * scales[f]! * inputs[s * n + j]!;
      error += (y - outputs[s * filters + f]!) ** 2;
    }
  }
  return error / (samples * filters);
}

/** Coarse steps, so that rounding is felt. */
const scales = [0.3, 0.4, 0.25];
const atScales = { shares: [0], least: Float64Array.from(scales, Math.fround) };

test('moments are means of products around the means', () => {
  const { inputs, outputs } = layer();
  const moments = momentsOf(summed(inputs, outputs));
  const mean = (of: (s: number) => number) =>
    Array.from({ length: samples }, (_, s) => of(s)).reduce((a, b) => a + b, 0) / samples;
  const x = (s: number, j: number) => inputs[s * n + j]! - moments.inputMeans[j]!;
  expect(moments.inputMeans[4]).toBeCloseTo(
    mean((s) => inputs[s * n + 4]!),
    5,
  );
  expect(moments.inputs[2 * n + 5]).toBeCloseTo(
    mean((s) => x(s, 2) * x(s, 5)),
    4,
  );
  expect(moments.inputs[5 * n + 2]).toBe(moments.inputs[2 * n + 5]);
  expect(moments.cross[1 * n + 3]).toBeCloseTo(
    mean((s) => x(s, 3) * (outputs[s * filters + 1]! - moments.outputMeans[1]!)),
    4,
  );
});

test('a sample that counts twice is two samples, and one that counts for nothing is none', () => {
  const { inputs, outputs } = layer();
  const weights = new Float32Array(samples).fill(1);
  weights.set([2, 0], 7);
  const order = Array.from({ length: samples }, (_, s) => (s === 8 ? 7 : s));
  const xs = inputs.map((_, i) => inputs[order[Math.floor(i / n)]! * n + (i % n)]!);
  const ys = outputs.map((_, i) => outputs[order[Math.floor(i / filters)]! * filters + (i % filters)]!);
  const [weighted, repeated] = [momentsOf(summed(inputs, outputs, weights)), momentsOf(summed(xs, ys))];
  for (const part of ['inputs', 'cross', 'inputMeans', 'outputMeans'] as const) {
    for (const [i, x] of weighted[part].entries()) expect(x).toBeCloseTo(repeated[part][i]!, 9);
  }
});

test('over ten layers, fitted whole numbers beat rounding, and are near the best that a search over all neighbours finds', () => {
  const sums = { fitted: 0, nearest: 0, first: 0, best: 0 };
  for (let seed = 0; seed < 10; seed++) {
    const { inputs, outputs, weights } = layer(seed);
    const moments = momentsOf(summed(inputs, outputs));
    const fitted = fitFilters(weights, atScales, moments, 1e-4, 127);
    const nearest = roundFilters(weights, scales, meansOf(summed(inputs, outputs)), 127);
    sums.fitted += errorOf(inputs, outputs, fitted.integers, fitted.scales, fitted.bias);
    sums.nearest += errorOf(inputs, outputs, nearest.integers, scales, nearest.bias);

    // of the first filter all roundings up and down, each with the bias that keeps its mean
    const others = outputs.map((y, i) => (i % filters === 0 ? y : 0));
    const only = (own: ArrayLike<number>) => Array.from({ length: filters * n }, (_, i) => (i < n ? own[i]! : 0));
    let best = Number.POSITIVE_INFINITY;
    for (let choice = 0; choice < 1 << n; choice++) {
      const own = Array.from({ length: n }, (_, j) => Math.floor(weights[j]! / scales[0]!) + ((choice >> j) & 1));
      const bias = own.reduce((sum, q, j) => sum - q * scales[0]! * moments.inputMeans[j]!, moments.outputMeans[0]!);
      best = Math.min(best, errorOf(inputs, others, only(own), scales, [bias, 0, 0]));
    }
    sums.best += best;
    sums.first += errorOf(inputs, others, only(fitted.integers), scales, [fitted.bias[0]!, 0, 0]);
  }
  expect(sums.fitted).toBeLessThan(0.6 * sums.nearest);
  expect(sums.first).toBeLessThan(1.2 * sums.best);
});

test('a fit is damped where it would fit its samples alone', () => {
  const { inputs, outputs, weights } = layer();
  const noise = normal(samples * filters, 'noise');
  const part = (from: number, to: number, ys: Float32Array) => {
    const sums = emptySums(n, filters, 'moments');
    addSamples(sums, inputs.subarray(from * n, to * n), ys.subarray(from * filters, to * filters), to - from);
    return momentsOf(sums);
  };
  // what the filters give of these inputs is what they give already, but for noise: few samples would lead away from it
  const noisy = outputs.map((y, i) => y + 3 * noise[i]!);
  expect(chooseDamping(weights, part(0, 10, noisy), part(10, 403, noisy))).toBeGreaterThanOrEqual(1);
  // filters that differ are found again from many
  const others = weights.map((w) => -w);
  expect(chooseDamping(others, part(0, 300, outputs), part(300, 403, outputs))).toBe(1e-4);
});

test('biases keep the means, and whole numbers their bounds', () => {
  const { inputs, outputs, weights } = layer();
  const small = fitFilters(
    weights,
    { ...atScales, least: new Float64Array(3).fill(0.01) },
    momentsOf(summed(inputs, outputs)),
    1e-4,
    7,
  );
  expect(Math.max(...small.integers.map(Math.abs))).toBe(7);
  const nearest = roundFilters(weights, scales, meansOf(summed(inputs, outputs)), 127);
  for (let f = 0; f < filters; f++) {
    let difference = 0;
    for (let s = 0; s < samples; s++) {
      let y = nearest.bias[f]!;
      for (let j = 0; j < n; j++) y += nearest.integers[f * n + j]! * scales[f]! * inputs[s * n + j]!;
      difference += y - outputs[s * filters + f]!;
    }
    expect(Math.abs(difference / samples)).toBeLessThan(1e-4);
  }
});
