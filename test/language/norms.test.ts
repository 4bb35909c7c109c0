import { expect, test } from 'vitest';
import { build, messages, model, nodeAt, parameterCount } from './build.ts';

const op = (step: string, convention = '') => {
  const text = model(`  ${convention}\n  stem: Conv(6, 3, bias: false)\n  norm: ${step}`);
  return nodeAt(build(text).graph, 'norm').op;
};

test('norms take their epsilon from the convention, or from the call', () => {
  expect(op('LayerNorm', 'convention torch')).toEqual({ kind: 'layerNorm', epsilon: 1e-5 });
  expect(op('LayerNorm', 'convention tf')).toEqual({ kind: 'layerNorm', epsilon: 1e-3 });
  expect(op('LayerNorm(1e-6)')).toEqual({ kind: 'layerNorm', epsilon: 1e-6 });
  expect(op('GroupNorm(3)', 'convention torch')).toEqual({ kind: 'groupNorm', groups: 3, epsilon: 1e-5 });
});

test('a response norm has the numbers of PyTorch where none are given', () => {
  expect(op('LocalResponseNorm(5)')).toEqual({ kind: 'localResponseNorm', size: 5, alpha: 1e-4, beta: 0.75, k: 1 });
});

test('a norm has a weight and a bias for each channel, and unit length has neither', () => {
  const count = (step: string) =>
    parameterCount(build(model(`  stem: Conv(6, 3, bias: false)\n  norm: ${step}`)).graph) - 6 * 3 * 9;
  expect([count('LayerNorm'), count('GroupNorm(2)'), count('LocalResponseNorm(5)'), count('Normalise')]).toEqual([
    12, 12, 0, 0,
  ]);
});

test('what cannot be is refused', () => {
  const said = (step: string) => messages(model(`  stem: Conv(6, 3)\n  norm: ${step}`));
  expect(said('LocalResponseNorm(4)')).toEqual(["bad-size: 'size' of 'LocalResponseNorm' is 4; it must be odd"]);
  expect(said('LocalResponseNorm(0)')[0]).toContain('it must be');
  expect(said('GroupNorm(4)')).toEqual(['channel-split: 6 channels do not divide into 4 equal parts']);
  expect(said('Normalise(0)')[0]).toContain("bad-size: 'epsilon' of 'Normalise' is 0; it must be from 1e-12 to 1");
});
