import { expect, test } from 'vitest';
import { stdlib } from '../../src/stdlib.generated.ts';
import { build, messages, model, nodeAt, problems, traces } from './build.ts';

const family = (scaling = '', members = '') =>
  model(`  param resolution: int = r(32)
  ${members}
  ${scaling}
  variants {
    | name | phi | d   | w   | resolution |
    | b0   | 0   | 1   | 1   | 32         |
    | b5   | 5   | 2.2 | 1.6 | 48         |
    | wide |     |     | 4   |            |
  }
  input image: [3, resolution, resolution]
  s: Conv(kernel: 3) {
    | repeat | channels |
    | d(2)   | w(80)    |
  }`);
const formula = 'scaling phi {\n d = 1.2 ^ phi\n w = 1.1 ^ phi\n r = 1.15 ^ phi\n }';
const point = (text: string, options = {}) => {
  const { graph, point: p } = build(text, options);
  const blocks = graph.nodes.filter((n) => n.op.kind === 'conv');
  return { depth: blocks.length, width: blocks[0]?.shapes[0]?.[0], resolution: graph.nodes[0]?.shapes[0]?.[1], p };
};

test('rule 7: without a word d, w and r are 1', () => {
  expect(point(family())).toMatchObject({ depth: 2, width: 80, resolution: 32 });
});

test('rule 7: d(n) = ceil(n * d), w(n) = round_filters(n * w, 8), r(n) = round(n * r)', () => {
  expect(point(family(), { d: 1.1, w: 1.04, r: 1.11 })).toMatchObject({ depth: 3, width: 80, resolution: 36 });
  // 80 x 0.13 = 10.4: the nearest multiple is 8, which is below 90 %
  expect(point(family(), { w: 0.13 })).toMatchObject({ width: 16 });
  expect(point(family(), { w: 0.01 })).toMatchObject({ width: 8 });
});

test('rule 7: `scaling` may say how to round', () => {
  const own = 'scaling {\n d(n) = round(n * d)\n w(n) = round(n * w, 16)\n r(n) = floor(n * r / 8) * 8\n }';
  expect(point(family(own), { d: 1.1, w: 1.04, r: 1.11 })).toMatchObject({ depth: 2, width: 80, resolution: 32 });
  expect(point(family(own), { w: 1.07 })).toMatchObject({ width: 80 });
});

test("rule 7: a rounding sees the model's parameters, not what stands around the call", () => {
  const text = model(`  param m: int = 8
  scaling {
    w(n) = round(n * w, m)
  }
  l = [w(20) for m in [100]]
  s: Conv(l[0], 3)`);
  expect(build(text).graph.nodes[1]?.shapes[0]?.[0]).toBe(24);
});

test('rule 7: only models see d, w and r', () => {
  expect(messages(model('  s: B', 'block B(x) { return x -> c: Conv(w(8), 3) }'))).toEqual([
    "scaling-outside-model: 'w' scales a model; a block takes the scaled number as a parameter",
  ]);
});

test('a factor may follow from a parameter, and a parameter be scaled by it', () => {
  const text = family('scaling phi {\n w = growth ^ phi\n }', 'param growth: real = 1.1');
  expect(point(text, { phi: 2 })).toMatchObject({ width: 96 });
  expect(point(text, { phi: 2, set: { growth: '2' } })).toMatchObject({ width: 320 });
  expect(messages(family('scaling phi {\n w = resolution ^ phi\n }'), { phi: 2 })).toEqual([
    "scaling-circle: 'w' cannot depend on 'resolution', which is itself scaled",
  ]);
});

test('rule 8: without --variant or --phi no row applies', () => {
  expect(point(family(formula)).p.variant).toBeUndefined();
  expect(point(family(formula)).p.d).toEqual({ value: 1, origin: 'default', source: 'default' });
});

test('rule 8: a row sets parameters and factors; an empty cell leaves what holds without it', () => {
  const b5 = point(family(formula), { variant: 'b5' });
  expect(b5).toMatchObject({ depth: 5, width: 128, resolution: 48 });
  expect(b5.p).toMatchObject({ variant: 'b5', d: { value: 2.2, origin: 'variant', source: 'variant b5' } });
  expect(point(family(formula), { variant: 'wide' })).toMatchObject({ depth: 2, width: 320, resolution: 32 });
});

test("rule 8: a row's own phi scales what the row leaves open", () => {
  const text = model(`  ${formula}
  variants {
    | name  | phi | w   |
    | base  | 0   |     |
    | tuned | 2   | 1.5 |
    | plain |     | 1.5 |
  }
  input image: [3, r(32), r(32)]
  s: Conv(kernel: 1) {
    | repeat | channels |
    | d(2)   | w(32)    |
  }`);
  expect(point(text, { variant: 'base' })).toMatchObject({ depth: 2, width: 32, resolution: 32 });
  expect(point(text, { variant: 'tuned' })).toMatchObject({ depth: 3, width: 48, resolution: 42 });
  expect(point(text, { phi: 2 })).toMatchObject({ depth: 3, width: 48, resolution: 42 });
  expect(point(text, { variant: 'plain' })).toMatchObject({ depth: 2, width: 48, resolution: 32 });
});

test('a phi that a row names takes that row, and the point tells what the formula would be', () => {
  const b5 = point(family(formula), { phi: 5 });
  expect(b5).toMatchObject({ depth: 5, width: 128, resolution: 48 });
  expect(b5.p.variant).toBe('b5');
  expect(b5.p.alternative?.rule).toBe('formula');
  expect(b5.p.alternative?.values.d).toBeCloseTo(1.2 ** 5, 10);
  expect(b5.p.alternative?.values.w).toBeCloseTo(1.1 ** 5, 10);
  expect(b5.p.alternative?.values.resolution).toBe(64);
  expect(b5.p.alternative?.values).not.toHaveProperty('r');
});

test('any other phi takes the formula, whole or not, and has no alternative', () => {
  const half = point(family(formula), { phi: 2.5 });
  expect(half.p).toMatchObject({ phi: 2.5, d: { origin: 'formula', source: '1.2 ^ phi at phi 2.5' } });
  expect(half).toMatchObject({ depth: 4, width: 104, resolution: 45 });
  expect(half.p.alternative).toBeUndefined();
  expect(point(family(formula), { phi: -1 })).toMatchObject({ depth: 2, width: 72, resolution: 28 });
});

test('an option forces the row or the formula', () => {
  const forced = point(family(formula), { phi: 5, rule: 'formula' });
  expect(forced.p.d.value).toBeCloseTo(2.48832, 10);
  expect(forced.p.alternative).toMatchObject({ rule: 'published', values: { d: 2.2, w: 1.6, resolution: 48 } });
  expect(point(family(formula), { phi: 5, rule: 'published' }).p.variant).toBe('b5');
  expect(messages(family(formula), { phi: 4, rule: 'published' })).toEqual([
    "no-published-row: 'M' publishes no variant for phi 4",
  ]);
  expect(messages(family(), { phi: 5, rule: 'formula' })).toEqual(["no-formula: 'M' has no formula over phi"]);
  expect(messages(family(), { phi: 4 })).toEqual([
    "no-phi: 'M' defines nothing at phi 4: it has no variant with this phi and no formula; its variants are b0, b5, wide",
  ]);
});

test('EfficientNet at phi 5: the published B5 is not what the formula gives', () => {
  const source = stdlib['std/efficientnet'] as string;
  const b5 = build(source, { phi: 5 }).point;
  expect([b5.d.value, b5.w.value, b5.variant]).toEqual([2.2, 1.6, 'b5']);
  const values: Readonly<Record<string, number>> = b5.alternative?.values ?? {};
  expect(b5.alternative?.rule).toBe('formula');
  expect([values.d?.toFixed(2), values.w?.toFixed(2), values.resolution]).toEqual(['2.49', '1.61', 451]);
});

test('order: default, formula, row, then what is given by hand', () => {
  const text = family(formula);
  expect(point(text, { phi: 5, d: 1 })).toMatchObject({ depth: 2, width: 128, resolution: 48 });
  expect(point(text, { phi: 2.5, resolution: 40 })).toMatchObject({ depth: 4, width: 104, resolution: 40 });
  expect(point(text, { phi: 5, set: { resolution: '56' } })).toMatchObject({ resolution: 56 });
  expect(point(text, { variant: 'b5', set: { resolution: 'r(56)' }, r: 2 })).toMatchObject({ resolution: 112 });
  const params = point(text, { variant: 'b5', set: { resolution: '56' } }).p.params;
  expect(params).toMatchObject([{ name: 'resolution', text: '56', origin: 'override', source: '--set resolution' }]);
});

test('phi and variant cannot be combined; a variant must exist', () => {
  expect(problems(family(formula), { phi: 5, variant: 'b5' })).toEqual(['phi-and-variant']);
  expect(messages(family(formula), { variant: 'b4' })).toEqual([
    "unknown-variant: 'M' has no variant 'b4' (it has b0, b5, wide); did you mean 'b0'?",
  ]);
});

test('factors and phi are checked', () => {
  for (const d of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(problems(family(), { d })).toEqual(['bad-factor']);
  for (const phi of [Number.NaN, Number.NEGATIVE_INFINITY])
    expect(problems(family(formula), { phi })).toEqual(['bad-factor']);
  expect(problems(family('scaling phi {\n d = 2 - phi\n }'), { phi: 2 })).toEqual(['bad-factor']);
});

test('traces: each scaled number says how it came about', () => {
  const { graph } = build(family(formula), { variant: 'b5' });
  expect(traces(graph, 's.0.0')).toEqual(['2 x d 2.2 = 4.4, rounded up to 5', '80 x w 1.6 = 128, a multiple of 8']);
  const formulaGraph = build(family(formula), { phi: 2.5 }).graph;
  expect(traces(formulaGraph, 's.0.0')).toEqual([
    '2 x d 1.57744 = 3.15488, rounded up to 4',
    '80 x w 1.26906 = 101.525, to the nearest multiple of 8: 104',
  ]);
  expect(traces(formulaGraph, 'image')).toEqual(['32 x r 1.41822 = 45.3831, rounded to 45']);
  expect(traces(build(family(), { w: 0.13 }).graph, 's.0.0').slice(-1)).toEqual([
    '80 x w 0.13 = 10.4, to the nearest multiple of 8: 8, which is below 90 %, so 16',
  ]);
});

test('traces: the digits that make ceil(2.2 * 25) 56 are shown', () => {
  const text = model('  n = d(25)\n  s: Conv(n, 3)');
  const { graph } = build(text, { d: 2.2 });
  expect(nodeAt(graph, 's').shapes[0]?.[0]).toBe(56);
  expect(traces(graph, 's')).toEqual(['25 x d 2.2 = 55.00000000000001, rounded up to 56']);
  expect(traces(build(text, { d: 1.1 }).graph, 's')).toEqual(['25 x d 1.1 = 27.5, rounded up to 28']);
});

test('traces: through names, own roundings and functions', () => {
  const text = model(`  scaling {
    w(n) = round(n * w, 8)
  }
  a = w(20)
  b = a + a
  s: Conv(b, 3) -> t: Conv(round(b * 1.1, 8), 3)`);
  const { graph } = build(text, { w: 1.5 });
  expect(traces(graph, 's')).toEqual(['round(n * w, 8) = 32 at n 20, w 1.5']);
  expect(traces(graph, 's.t')).toEqual(['round(n * w, 8) = 32 at n 20, w 1.5', '70.4 rounded to a multiple of 8: 72']);
});

test('a parameter that is scaled says so', () => {
  const { params } = point(family(formula), { phi: 2.5 }).p;
  expect(params).toMatchObject([
    {
      name: 'resolution',
      text: '45',
      origin: 'formula',
      source: '1.15 ^ phi at phi 2.5',
      trace: '32 x r 1.41822 = 45.3831, rounded to 45',
    },
  ]);
});
