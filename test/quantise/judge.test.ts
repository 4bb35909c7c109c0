import { expect, test } from 'vitest';
import { compareAnswers } from '../../src/quantise/judge.ts';
import { createStore, withMirrored } from '../../src/quantise/pictures.ts';
import { graphBuilder } from '../onnx/graph-builder.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

function net(classes: number, sigmoid = false) {
  const g = graphBuilder('Net');
  const scores = g.linear(g.globalPool(g.input([3, 4, 4]), 'pool'), 'classifier', classes);
  return g.build({ scores: sigmoid ? g.act(scores, 'sigmoid', 'sigmoid') : scores });
}

const answers = (...scores: number[]) => ({ scores: Float32Array.from(scores) });

test('of several scores the first answer is the largest', () => {
  const expected = answers(1, 2, 3, 9, 8, 7);
  expect(compareAnswers(net(3), expected, answers(1, 2, 3, 8, 9, 7), 2).agreement).toBe(0.5);
});

test('of one score it is the side on which it lies: of 0, or of a half after a sigmoid', () => {
  const expected = answers(-1, 2, 0.4, -0.1);
  expect(compareAnswers(net(1), expected, answers(-3, 0.1, -0.2, -2), 4).agreement).toBe(0.75);
  const shares = answers(0.2, 0.9, 0.6, 0.45);
  expect(compareAnswers(net(1, true), shares, answers(0.4, 0.6, 0.4, 0.55), 4).agreement).toBe(0.5);
});

test('the noise is of all outputs', () => {
  const { sqnr } = compareAnswers(net(2), answers(3, 4), answers(3, 3.5), 1);
  expect(sqnr).toBeCloseTo(20, 5);
});

test('mirror images follow the pictures, each row turned about', () => {
  const store = createStore(temporaryFolder(), 6);
  store.add(Float32Array.of(1, 2, 3, 4, 5, 6));
  store.add(Float32Array.of(7, 8, 9, 10, 11, 12));
  const pictures = store.pictures();
  const both = withMirrored(pictures, 3);
  expect(both.count).toBe(4);
  expect([...both.read(1, 2)]).toEqual([7, 8, 9, 10, 11, 12, 3, 2, 1, 6, 5, 4]);
  pictures.close();
});
