import { expect, test } from 'vitest';
import type { ScalingRequest } from '../../src/4-scale/scaling.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { defaultInlayHints, inlayHints } from '../../src/ide/features/inlay-hints.ts';
import { preview } from '../../src/ide/features/preview.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

/** A text as it looks with its hints, each in «». */
function shown(text: string, scaling: ScalingRequest, options = defaultInlayHints): string {
  const { ide, path } = openFixture(text);
  ide.setScaling(scaling);
  const hints = inlayHints(ide.analysis(path)!, undefined, options);
  let at = 0;
  const parts = hints.map(({ offset, label }) => {
    const part = `${text.slice(at, offset)}«${label}»`;
    at = offset;
    return part;
  });
  return parts.join('') + text.slice(at);
}

const efficientnet = stdlib['std/efficientnet'] as string;
const model = efficientnet.slice(0, efficientnet.indexOf('/// One row per module'));

test('a family at one of its published points', () => {
  expect(shown(model, { variant: 'b5' })).toMatchSnapshot();
});

test('a family at a phi of the formula', () => {
  expect(shown(model, { phi: 2.5 })).toMatchSnapshot();
});

test('where everything is as written only shapes are shown', () => {
  const text = shown(model, {});
  expect(text).not.toContain('«=');
  expect(text).toContain('| d(3)   | w(80)    | 3      | stride4 | 6      | 1, dilation4         |«→ 80 × 14 × 14»');
});

test('the bars of a table stay below each other', () => {
  const rows = shown(model, { variant: 'b5' }, { ...defaultInlayHints, shapes: false })
    .split('\n')
    .filter((line) => /repeat|«= /.test(line) && line.trim().startsWith('|'));
  expect(rows).toHaveLength(8);
  const bars = (line: string) => [...line].flatMap((c, i) => (c === '|' ? [i] : [])).join(' ');
  expect(new Set(rows.map(bars)).size).toBe(1);
});

test('names of parameters stand before arguments without one, where they are wanted', () => {
  const text = `block Unit(x, channels: int, kernel: int) {
  y = round(channels / 2, 8)
  return x -> conv: Conv(channels, kernel, 2, bias: false) -> Add(Conv2(x, y))
}
model M {
  input image: [3, 16, 16]
  stem: Unit(8, 3)
  stages: Unit(16) {
    | kernel |
    | 3      |
  }
}
`;
  const lines = shown(text, {}, { values: false, shapes: false, parameterNames: true });
  expect(lines).toContain('Conv(channels, kernel, «stride:»2, bias: false)');
  expect(lines).toContain('stem: Unit(«channels:»8, «kernel:»3)');
  expect(lines).toContain('stages: Unit(«channels:»16) {');
});

test('tensors that begin a section shift the names of what follows them', () => {
  const text = `import { ConvBnAct } from "std/blocks"
model M {
  input image: [3, 16, 16]
  stem: ConvBnAct(8, 3)
  wide: ConvBnAct(image, 8, 3)
  sum: Add(stem, wide)
}
`;
  const lines = shown(text, {}, { values: false, shapes: false, parameterNames: true });
  expect(lines).toContain('stem: ConvBnAct(«channels:»8, «kernel:»3)');
  expect(lines).toContain('wide: ConvBnAct(image, «channels:»8, «kernel:»3)');
  expect(lines).toContain('sum: Add(stem, wide)');
});

test('only hints of the range are given', () => {
  const { analysis } = openFixture(model);
  const start = model.indexOf('| d(2)');
  const hints = inlayHints(analysis, { start, end: model.indexOf('\n', start) });
  expect(hints.map((h) => h.label)).toEqual(['→ 24 × 56 × 56']);
});

test('rows of two tables in one section have their own numbers by the label; without one none, for a network mixes them', () => {
  const table = (width: number) => `{\n    | channels |\n    | ${width} |\n  }`;
  const pool = (kernel: number) => `{\n    | kernel |\n    | ${kernel} |\n  }`;
  const { analysis } = openFixture(`block C(x, channels: int) { return x -> conv: Conv(channels, 3) }
model M {
  input image: [3, 32, 32]
  stages: C ${table(8)} -> more: C ${table(32)}
  pools: MaxPool ${pool(2)} -> AvgPool ${pool(4)}
  last: C ${table(16)}
}
`);
  expect(analysis.diagnostics).toEqual([]);
  expect(inlayHints(analysis).map((h) => h.label)).toEqual(['→ 8 × 32 × 32', '→ 32 × 32 × 32', '→ 16 × 4 × 4']);
  const { text } = analysis.source;
  expect(hover(analysis, text.indexOf('| 8 |') + 1)?.markdown).toContain('**stages.0** at defaults');
  expect(hover(analysis, text.indexOf('| 32 |') + 1)?.markdown).toContain('**stages.more.0** at defaults');
  expect(hover(analysis, text.indexOf('| 2 |') + 1)?.markdown).not.toContain('at defaults');
  const rows = preview(analysis)?.stages.map(({ place }) => place && text.slice(place.start, place.end).slice(0, 8));
  expect(rows?.slice(0, 2)).toEqual(['| 8 |', '| 32 |']);
});

test('of two models of one name the second has no numbers of the first', () => {
  const of = (width: number) => `model M {
  param width: int = ${width}
  input image: [3, 16, 16]
  stem: Conv(width, 3)
}
`;
  const { analysis } = openFixture(of(8) + of(16));
  const second = analysis.source.text.lastIndexOf('model M');
  const hints = inlayHints(analysis);
  expect(hints.map((h) => h.label)).toEqual(['→ 8 × 16 × 16']);
  expect(hints[0]?.offset).toBeLessThan(second);
  expect(hover(analysis, second + 'model M {\n  param w'.length)?.markdown).not.toContain('at defaults');
});

test('a model that cannot be built has none', () => {
  expect(shown(model.replace('Linear(classes)', 'Linear('), { variant: 'b5' })).not.toContain('«');
});
