import { expect, test } from 'vitest';
import { build, messages, model, nodeAt, problems } from './build.ts';

const family = model(`  param width: int = round(8 * 2 ^ phi, 4)
  param depth: int = 1 + floor(phi / 2)
  param wide: bool = variant == x or variant == s
  scaling phi {
    r = 1 + phi / 4
  }
  variants {
    | name | phi | width |
    | m    | 1   |       |
    | x    | 3   | 32    |
  }
  input image: [3, r(16), r(16)]
  stem: Conv(width if wide else width + 1, 1)
  stages: Conv(kernel: 1) {
    | repeat | channels  |
    | depth  | 4 + phi   |
  }
  last: Conv(phi + 1, 1)`).replace(' or variant == s', '');
const channels = (options: object, path = 'stem') => nodeAt(build(family, options).graph, path).shapes[0];

test('`phi` is a number wherever the values of a model are: parameters, sections, cells', () => {
  expect(channels({})).toEqual([9, 16, 16]);
  expect(channels({ phi: 2 })).toEqual([33, 24, 24]);
  expect(channels({ phi: 2 }, 'last')).toEqual([3, 24, 24]);
  expect(channels({ phi: 2 }, 'stages.0.1')).toEqual([6, 24, 24]);
  expect(channels({ variant: 'm' }, 'last')).toEqual([2, 20, 20]);
  expect(channels({ phi: 3 }, 'last')).toEqual([4, 28, 28]);
  expect(channels({ phi: 3, rule: 'formula' }, 'stem')).toEqual([65, 28, 28]);
});

test('`variant` is compared with the names of its rows', () => {
  expect(channels({ variant: 'x' })).toEqual([32, 28, 28]);
  const of = (condition: string) =>
    messages(family.replace('variant == x', condition)).filter((m) => !m.startsWith('unused'));
  expect(of('x != variant')).toEqual([]);
  expect(of('variant == xl')).toEqual(["unknown-variant: 'M' has no variant 'xl' (it has m, x); did you mean 'x'?"]);
  expect(of('variant == 3')).toEqual(["unknown-variant: 'M' has no variant '3' (it has m, x)"]);
  expect(of('variant == 3.5')).toEqual(['wrong-type: what is compared must be a variant, not a number']);
  expect(of('variant > 3')).toEqual(["wrong-type: 'variant' must be a number, not a variant"]);
});

test('a row without a phi says nothing of it, and a model without one has no such name', () => {
  const row = family.replace('| x    | 3   |', '| x    |     |');
  expect(messages(row, { variant: 'x' }).filter((m) => m.startsWith('phi'))).toEqual([
    "phi-unset: 'phi' has no value: the variant's row does not set it",
  ]);
  expect(problems(model('  s: Conv(8 + phi, 1)'))).toEqual(['unknown-name']);
  expect(problems(model('  s: B(4)', 'block B(x, n: int) { return x -> c: Conv(n + phi, 1) }'))).toEqual([
    'unknown-name',
  ]);
});

test('no factor follows from phi through a parameter that is scaled, and a factor sees phi by its own name', () => {
  const text = (entry: string) =>
    model(`  param n: int = w(8)\n  param k: int = 1 + phi\n  scaling phi {\n    w = ${entry}\n  }\n  s: Conv(n, k)`);
  expect(nodeAt(build(text('k'), { phi: 1 }).graph, 's').shapes[0]?.[0]).toBe(16);
  expect(problems(text('n'), { phi: 1 })).toEqual(['scaling-circle']);
});

const inner = `
model Inner {
  param width: int = 8
  scaling phi { w = 2 ^ phi }
  variants {
    | name  | width |
    | small | 4     |
    | big   | 16    |
  }
  input x: [3, 16, 16]
  stem: Conv(w(width), 1)
  stages: Conv(kernel: 1) {
    | repeat | channels |
    | d(1)   | w(8)     |
  }
}
`;
const outer = (members: string) =>
  model(
    `  scaling phi {}\n  variants {\n    | name  | phi |\n    | small | 0   |\n    | large | 2   |\n  }\n${members}`,
    inner,
  );
const first = (members: string, options: object = {}) => {
  const { graph } = build(outer(members), { model: 'M', ...options });
  return nodeAt(graph, 'trunk.stem').shapes[0]?.[0];
};

test('the point of a model within another follows from expressions', () => {
  expect(first('  trunk: Inner(phi: phi)', { phi: 2 })).toBe(32);
  expect(first('  trunk: Inner(phi: min(phi, 1))', { phi: 2 })).toBe(16);
  expect(first('  trunk: Inner(variant: big if phi > 1 else small)', { variant: 'large' })).toBe(16);
  expect(first('  trunk: Inner(variant: big if phi > 1 else small)')).toBe(8);
  expect(first('  trunk: Inner(variant: [small, big][phi / 2])', { phi: 2 })).toBe(16);
  expect(first('  trunk: Inner(variant: variant)', { variant: 'small' })).toBe(8);
  expect(first('  trunk: Inner(variant: variant)')).toBe(8);
  expect(first('  trunk: Inner(variant: big if variant == large else small)', { variant: 'large' })).toBe(16);
  expect(first('  param width: real = 1\n  trunk: Inner(w: width * 4)')).toBe(32);
  expect(first('  trunk: Inner(w: 2, variant: big)')).toBe(32);
  const { graph } = build(outer('  trunk: Inner(d: 1 + phi)'), { model: 'M', phi: 2 });
  expect(graph.nodes.filter((n) => n.path.startsWith('trunk.stages'))).toHaveLength(3);
});

test('what is not a point of the inner model is said at the step', () => {
  const said = (members: string, options: object = {}) => messages(outer(members), { model: 'M', ...options });
  expect(said('  trunk: Inner(variant: big if phi > 1 else smal)')).toEqual([
    "unknown-variant: 'Inner' has no variant 'smal' (it has small, big); did you mean 'small'?",
  ]);
  expect(said('  trunk: Inner(variant: 3)')).toEqual([
    "unknown-variant: 'Inner' has no variant '3' (it has small, big)",
  ]);
  expect(said('  trunk: Inner(variant: 1 + 2)')).toEqual([
    "wrong-type: 'variant' of 'Inner' must be a variant, not a number",
  ]);
  expect(said('  trunk: Inner(variant: variant)', { variant: 'large' })).toEqual([
    "unknown-variant: 'Inner' has no variant 'large' (it has small, big)",
  ]);
  expect(said('  trunk: Inner(w: phi)')).toEqual(['bad-factor: w is 0: it must be a finite number above 0']);
});

const scaled = (entry: string, members: string) => model(`  scaling phi {\n    w = ${entry}\n  }\n${members}`);
const channelsAt = (text: string, options: object) => nodeAt(build(text, options).graph, 's').shapes[0]?.[0];

test('the factors are numbers wherever phi is one, and functions where they are called', () => {
  const text = scaled('2 ^ phi', '  param n: int = round(10 * w, 4)\n  s: Conv(n + w(8) + d(r) if w > 1 else n, 1)');
  expect(channelsAt(text, { phi: 1 })).toBe(20 + 16 + 1);
  expect(channelsAt(text, {})).toBe(12);
  expect(channelsAt(text, { w: 3, d: 2.5 })).toBe(32 + 24 + 3);
  const row = '  variants {\n    | name | w |\n    | x    | 4 |\n  }\n  s: Conv(2 * w, 1)';
  expect(channelsAt(model(row), { variant: 'x' })).toBe(8);
  const table = '  s: Conv(kernel: 1) {\n    | repeat | channels |\n    | 2 * d  | 3 * w    |\n  }';
  expect(build(scaled('2 ^ phi', table), { phi: 1, d: 2 }).graph.nodes.map((n) => n.shapes[0]?.[0])).toEqual([
    3, 6, 6, 6, 6,
  ]);
  expect(problems(model('  s: Conv(8 * w, 1)'))).toEqual(['wrong-type']);
});

test('a factor that is read is used, and a parameter that reads one is scaled', () => {
  expect(problems(scaled('2 ^ phi', '  s: Conv(4, 1)'), { w: 2 })).toEqual(['unused-override']);
  expect(problems(scaled('2 ^ phi', '  s: Conv(4 * w, 1)'), { phi: 1, w: 2 })).toEqual([]);
  const circle = (entry: string, members = '  s: Conv(w(8), 1)', options: object = { phi: 1 }) =>
    messages(scaled(entry, members), options);
  expect(circle('1 + d')).toHaveLength(1);
  const row = (cell: string) =>
    `  param n: real = 2 * r\n  variants {\n    | name | w |\n    | x    | ${cell} |\n  }\n  s: Conv(n, 1)`;
  expect(circle('2', row('d'), { variant: 'x' })).toEqual([
    "scaling-circle: 'w' cannot depend on 'd', which is itself scaled",
  ]);
  expect(circle('2', row('n'), { variant: 'x' })).toEqual([
    "scaling-circle: 'w' cannot depend on 'n', which is itself scaled",
  ]);
  expect(circle('2', '  variants {\n    | name | phi |\n    | x    | w   |\n  }\n  s: Conv(8, 1)')).toEqual([
    "scaling-circle: 'phi' cannot depend on 'w', which is itself scaled",
  ]);
});

test('what phi and the factors were says how a number came about', () => {
  const { graph, point } = build(scaled('2 ^ phi', '  param n: int = 4 + phi + phi\n  s: Conv(n * w, 1)'), { phi: 1 });
  expect(point.params.map(({ trace, source }) => [trace, source])).toEqual([['phi 1', 'default']]);
  expect(nodeAt(graph, 's').traces.map(({ text }) => text)).toContain('w 2, 2 ^ phi at phi 1');
  const row = build(family, { variant: 'm' });
  expect(nodeAt(row.graph, 'last').traces.map(({ text }) => text)).toEqual(['phi 1, variant m']);
});
