import { expect, test } from 'vitest';
import { expectedAgreement } from '../../src/quantise/expected-agreement.ts';
import { compareAnswers } from '../../src/quantise/judge.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { graphBuilder } from '../onnx/graph-builder.ts';

function net(classes: number, last?: 'sigmoid' | 'softmax') {
  const g = graphBuilder('Net');
  const scores = g.linear(g.globalPool(g.input([3, 4, 4]), 'pool'), 'classifier', classes);
  return g.build({ scores: last ? g.act(scores, last, last) : scores });
}

const answers = (...scores: number[]) => ({ scores: Float32Array.from(scores) });

test("each picture's scores are combined with each picture's noise", () => {
  // margins 1, 3 and 5; noises of the margin -2, 0 and -4
  const expected = answers(1, 0, 3, 0, 5, 0);
  const found = answers(-1, 0, 3, 0, 3, 2);
  expect(compareAnswers(net(2), expected, found, 3).agreement).toBeCloseTo(2 / 3, 12);
  // 1 loses to -2 and -4, 3 to -4 only, 5 to none
  expect(expectedAgreement(net(2), { expected, found, known: expected })).toBeCloseTo(6 / 9, 12);
  // answers in float32 of more pictures count, noise is that of those compared
  const known = answers(1, 0, 3, 0, 5, 0, 0, 9);
  expect(expectedAgreement(net(2), { expected, found, known })).toBeCloseTo(9 / 12, 12);
});

test('a single score can change its side; noise is that before a sigmoid', () => {
  const expected = answers(-1, 2);
  const found = answers(0.5, 2);
  // of -1 and 2 with the noises 1.5 and 0, only -1 + 1.5 is on the other side
  expect(expectedAgreement(net(1), { expected, found, known: expected })).toBe(3 / 4);
  const sigmoid = ({ scores }: { scores: Float32Array }) => ({ scores: scores.map((x) => 1 / (1 + Math.exp(-x))) });
  const shares = { expected: sigmoid(expected), found: sigmoid(found), known: sigmoid(expected) };
  expect(expectedAgreement(net(1, 'sigmoid'), shares)).toBe(3 / 4);
});

/** Scores of pictures, drawn, without and with noise. */
function drawn(pictures: number, classes: number, noise: number, seed: number) {
  const [scores, noises] = [new Float32Array(pictures * classes), new Float32Array(pictures * classes)];
  fillNormal(scores, randomState(seed, 'scores'), 1);
  fillNormal(noises, randomState(seed, 'noise'), noise);
  return { expected: { scores }, found: { scores: scores.map((x, i) => x + (noises[i] as number)) } };
}

const spreadOf = (values: readonly number[]) => {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
};

test('it is what many pictures show, from few, and varies half as much as a count', () => {
  const classes = 10;
  const graph = net(classes);
  const many = drawn(4000, classes, 0.05, 99);
  const truth = compareAnswers(graph, many.expected, many.found, 4000).agreement as number;
  expect([truth > 0.93, truth < 0.98]).toEqual([true, true]);
  const sets = Array.from({ length: 40 }, (_, seed) => drawn(40, classes, 0.05, seed));
  const counted = spreadOf(
    sets.map(({ expected, found }) => compareAnswers(graph, expected, found, 40).agreement as number),
  );
  const likely = spreadOf(sets.map((set) => expectedAgreement(graph, { ...set, known: set.expected }) as number));
  expect(Math.abs(likely.mean - truth)).toBeLessThan(0.005);
  expect(likely.deviation).toBeLessThan(counted.deviation / 2);
});

test('behind a softmax, the noise is that of the scores before it', () => {
  const classes = 5;
  const softmax = (scores: Float32Array) => {
    const out = scores.map((x) => Math.exp(x));
    for (let at = 0; at < out.length; at += classes) {
      const own = out.subarray(at, at + classes);
      const sum = own.reduce((a, b) => a + b);
      for (let i = 0; i < classes; i++) own[i] = (own[i] as number) / sum;
    }
    return { scores: out };
  };
  const { expected, found } = drawn(60, classes, 0.1, 3);
  const before = expectedAgreement(net(classes), { expected, found, known: expected }) as number;
  const shares = { expected: softmax(expected.scores), found: softmax(found.scores), known: softmax(expected.scores) };
  expect(expectedAgreement(net(classes, 'softmax'), shares)).toBeCloseTo(before, 3);
});

test('a network that does not classify has none', () => {
  const g = graphBuilder('Net');
  const graph = g.build({ map: g.act(g.input([3, 4, 4]), 'act', 'relu') });
  const map = { map: new Float32Array(48) };
  expect(expectedAgreement(graph, { expected: map, found: map, known: map })).toBeUndefined();
});
