import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { build, lines, messages, model, outputs, parameterCount, paths, problems } from './build.ts';

const inner = `
model Inner {
  param width: int = 8
  param resolution: int = 224
  scaling phi {
    w = 2 ^ phi
  }
  variants {
    | name | width |
    | big  | 16    |
  }
  input x: [3, resolution, resolution]
  stem: Conv(w(width), 3)
  stages: Conv(kernel: 1) {
    | name | repeat | channels |
    | c2   | 2      | 8        |
    | c3   | 1      | 16       |
  }
  head: GlobalAvgPool
  classifier: Linear(10)
}`;
const outer = (members: string) => model(members, inner);
const widths = (members: string) => build(outer(members), { model: 'M' }).graph.nodes.map((n) => n.shapes[0]?.[0]);

test('rule 11: a model used as a step is a block: it takes tensors, its paths stand under the step', () => {
  const { graph } = build(outer('  trunk: Inner\n  last: relu'), { model: 'M' });
  expect(paths(graph)).toEqual([
    'trunk.stem',
    'trunk.stages.c2.0',
    'trunk.stages.c2.1',
    'trunk.stages.c3.0',
    'trunk.classifier',
  ]);
  expect(lines(graph)[0]).toBe('image input [3, 32, 32]');
  expect(lines(graph)[1]).toBe('trunk.stem conv [8, 32, 32] <- image');
});

test('its arguments are its parameters, its variant, its phi', () => {
  expect(widths('  trunk: Inner(width: 24)')[1]).toBe(24);
  expect(widths('  trunk: Inner(variant: big)')[1]).toBe(16);
  expect(widths('  trunk: Inner(variant: big, width: 32)')[1]).toBe(32);
  expect(widths('  trunk: Inner(phi: 2)')[1]).toBe(32);
  expect(messages(outer('  trunk: Inner(variant: bog)'), { model: 'M' })).toEqual([
    "unknown-variant: 'Inner' has no variant 'bog' (it has big); did you mean 'big'?",
  ]);
  expect(messages(outer('  trunk: Inner(variant: big, phi: 1)'), { model: 'M' })[0]).toMatch(/^phi-and-variant/);
});

test('taps: sections of the inner model, their rows and blocks; what they do not reach is not built', () => {
  const text = outer('  trunk: Inner\n  return trunk.stages.c2.0, c2: trunk.stages.c2, trunk.stem');
  const { graph } = build(text, { model: 'M' });
  expect(outputs(graph)).toEqual(['trunk.stages.c2.0 [8, 32, 32]', 'c2 [8, 32, 32]', 'trunk.stem [8, 32, 32]']);
  expect(paths(graph)).toEqual(['trunk.stem', 'trunk.stages.c2.0', 'trunk.stages.c2.1']);
  expect(messages(outer('  trunk: Inner\n  return trunk.stage'), { model: 'M' })).toEqual([
    "unknown-property: the section 'trunk' has no 'stage'; did you mean 'stages'?",
  ]);
});

test('a model used twice has two sets of parameters', () => {
  const { graph } = build(outer('  a: Inner\n  b: image -> net: Inner\n  sum: a -> Add(b)'), { model: 'M' });
  expect(new Set(paths(graph)).size).toBe(10);
});

test('cells of an inner model are set by their path', () => {
  const { graph } = build(outer('  trunk: Inner'), { model: 'M', set: { 'trunk.stages.c3.channels': '24' } });
  expect(graph.nodes.find((n) => n.path === 'trunk.stages.c3.0')?.shapes[0]?.[0]).toBe(24);
});

test('the sample of a backbone: taps at strides 4, 8, 16 and 32', () => {
  const source = readFileSync(new URL('../samples/backbone.enet', import.meta.url), 'utf8');
  const efficientnet = build(source, { model: 'EfficientNetFeatures' }).graph;
  expect(outputs(efficientnet)).toEqual([
    'c2 [32, 128, 128]',
    'c3 [48, 64, 64]',
    'c4 [136, 32, 32]',
    'c5 [384, 16, 16]',
  ]);
  const resnet = build(source, { model: 'ResNetFeatures', set: { resolution: '64' } }).graph;
  expect(outputs(resnet)).toEqual([
    'trunk.stages.c2 [256, 16, 16]',
    'trunk.stages.c3 [512, 8, 8]',
    'trunk.stages.c4 [1024, 4, 4]',
    'trunk.stages.c5 [2048, 2, 2]',
  ]);
  // timm's resnet50 without its classifier
  expect(parameterCount(resnet)).toBe(25_557_032 - 2_049_000);
});

test('a variant, a row, a loop or a formula may have the name of a block or model: nothing contains itself by that', () => {
  const named = `
model M {
  param width: int = 8
  variants {
    | name  | width |
    | M     | 8     |
    | other | 16    |
  }
  scaling Inner {
    d = 1.2 ^ Inner
    w(M) = round(M * w, 8)
  }
  input image: [3, 32, 32]
  widths = [M * width for M in [1, 2]]
  rows: Conv(kernel: 1) {
    | name | channels  |
    | M    | widths[1] |
  }
  trunk: Inner(variant: big)
}

block big(x) {
  return x -> m: M
}
`;
  expect(problems(inner + named, { model: 'M' })).toEqual([]);
  // the same names as steps
  expect(problems(inner + named.replace('trunk: Inner(variant: big)', 'trunk: big'), { model: 'M' })).toContain(
    'recursive-block',
  );
});

test('settings of its convention are arguments too; they go when the command line chooses a convention', () => {
  const norms = `
model Normed {
  convention tf
  input x: [3, 32, 32]
  stem: conv: Conv(8, 3, stride: 2) -> bn: BatchNorm
}

model Own {
  param epsilon: real = 0.5
  convention tf
  input x: [3, 32, 32]
  stem: bn: BatchNorm(epsilon / 2)
}

model Outer {
  convention torch
  input x: [3, 32, 32]
  trunk: Normed(epsilon: 0.2)
}`;
  const facts = (step: string, options = {}) =>
    build(model(`  trunk: ${step}`, norms), { model: 'M', ...options }).graph.nodes.flatMap(({ op }) =>
      op.kind === 'conv' ? [op.window.pads.top] : op.kind === 'batchNorm' ? [op.epsilon] : [],
    );
  expect(facts('Normed')).toEqual([0, 1e-3]);
  expect(facts('Normed(padding: symmetric)')).toEqual([1, 1e-3]);
  expect(facts('Normed(padding: symmetric, epsilon: 0.1)')).toEqual([1, 0.1]);
  expect(facts('Normed(epsilon: 0.1)', { convention: 'torch' })).toEqual([1, 1e-5]);
  // they hold in the models within it too, where nothing else is given
  expect(facts('Outer')).toEqual([0, 0.2]);
  expect(facts('Outer(padding: symmetric, epsilon: 0.1)')).toEqual([1, 0.2]);
  // a parameter of that name is the model's own
  expect(facts('Own(epsilon: 0.25)')).toEqual([0.125]);
  expect(messages(model('  trunk: Normed(padding: valid)', norms), { model: 'M' })[0]).toMatch(
    /^wrong-type: 'padding'/,
  );
  expect(messages(model('  trunk: Normed(epsilon: true)', norms), { model: 'M' })[0]).toMatch(/^wrong-type/);
});
