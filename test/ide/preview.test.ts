import { expect, test } from 'vitest';
import { preview } from '../../src/ide/features/preview.ts';
import { measureNext } from '../../src/ide/numbers/family.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

const efficientnet = stdlib['std/efficientnet'] as string;

function textAt(text: string, place: { start: number; end: number } | undefined): string {
  return place ? text.slice(place.start, place.end).replace(/\s+/g, ' ') : '';
}

test('a preview shows the chosen point with its family and the curve of the formula', () => {
  const { ide, path } = openFixture(efficientnet);
  ide.setScaling({ variant: 'b5' });
  const data = preview(ide.analysis(path)!)!;
  expect(data).toMatchObject({
    models: ['EfficientNet'],
    model: 'EfficientNet',
    point: 'b5 · d 2.2, w 1.6 · convention tf',
    phi: 5,
    variant: 'b5',
    hasPhi: true,
    phiRange: [-1, 8],
    totals: { params: 30_389_784, resolution: 456 },
  });
  expect(data.variants.map((v) => v.name)).toEqual(['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'l2']);
  expect(data.variants.filter((v) => v.current).map((v) => v.name)).toEqual(['b5']);
  // torchvision's and the paper's parameters of B0; its row of the family and the formula at phi 0 are the same network
  expect(data.variants[0]).toMatchObject({ phi: 0, d: 1, w: 1, resolution: 224, params: 5_288_548 });
  expect(data.curve.find((p) => p.phi === 0)?.params).toBe(5_288_548);
  expect(data.curve.map((p) => p.phi)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(data.variants[9]?.phi).toBeUndefined();
});

test('what was measured serves a preview after edits elsewhere: it builds the chosen network alone', () => {
  const { ide, analysis, path } = openFixture(efficientnet);
  let steps = 1;
  while (measureNext(analysis, 'members and curve')) steps++;
  expect(steps).toBe(10 + 10);
  const before = preview(analysis)!;
  ide.change(path, `// a comment\n${efficientnet}`);
  const later = ide.analysis(path)!;
  const asked: unknown[] = [];
  const watched = { ...later, network: (name: string, request?: object) => asked.push(request) && later.network(name) };
  const data = preview(watched as typeof later)!;
  expect(asked).toEqual([undefined]);
  expect({ ...data, stages: [] }).toEqual({ ...before, stages: [] });
});

test('each stage of the drawing says where it is written', () => {
  const { analysis } = openFixture(efficientnet);
  const { stages, edges, taps } = preview(analysis)!;
  expect(stages.map((s) => s.id)).toEqual([
    'stem',
    ...[0, 1, 2, 3, 4, 5, 6].map((i) => `stages.${i}`),
    'head',
    'classifier',
  ]);
  expect(textAt(efficientnet, stages[4]?.place)).toBe('| d(3) | w(80) | 3 | stride4 | 6 | 1, dilation4 |');
  expect(textAt(efficientnet, stages[9]?.place)).toBe('classifier: Linear(classes) if classes != 0');
  expect(stages[4]).toMatchObject({ input: [40, 28, 28], output: [80, 14, 14], repeats: 3, operators: ['MBConv'] });
  expect(edges.map((e) => [e.from, e.to])).toEqual(stages.map((_, i) => [i - 1, i]));
  expect(taps).toEqual([{ name: 'logits', from: 9, shape: [1000] }]);
  expect(stages.reduce((sum, s) => sum + s.params, 0)).toBe(5_288_548);
});

test('a table that a parameter names is where the rows of its stages are written', () => {
  const text = stdlib['std/mobilenet-v3'] as string;
  const { analysis } = openFixture(text);
  const at = (variant: string) => {
    const stage = preview(analysis, undefined, { variant })?.stages.find((s) => s.id === 'stages.0');
    return textAt(text, stage?.place);
  };
  expect(at('large')).toBe('| w(16) | 3 | 1 | 1 | | relu | |');
  expect(at('small')).toBe('| w(16) | 3 | 2 | 1 | 0.25 | relu | |');
});

test('a model within a model, and one of several', () => {
  const text = `import { EfficientNet } from "std/efficientnet"
model First {
  input image: [3, 32, 32]
  stem: Conv(8, 3)
  return stem
}
model Second {
  input image: [3, 64, 64]
  trunk: EfficientNet(variant: b0)
  return trunk
}
`;
  const { analysis } = openFixture(text);
  expect(preview(analysis)).toMatchObject({ models: ['First', 'Second'], model: 'First', hasPhi: false, curve: [] });
  const second = preview(analysis, 'Second')!;
  expect(new Set(second.stages.map((s) => textAt(text, s.place)))).toEqual(
    new Set(['trunk: EfficientNet(variant: b0)']),
  );
});

test('what cannot be built says why', () => {
  const { analysis } = openFixture(efficientnet.replace('Linear(classes)', 'Linear(klasses)'));
  expect(preview(analysis)).toMatchObject({
    stages: [],
    point: '',
    problem: "nothing here is called 'klasses'; did you mean 'classes'?",
  });
  expect(preview(openFixture('block A(x) { return x }').analysis)).toBeUndefined();
});
