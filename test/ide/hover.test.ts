import { expect, test } from 'vitest';
import type { ScalingRequest } from '../../src/4-scale/scaling.ts';
import type { Analysis } from '../../src/ide/core/analysis.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { measureNext } from '../../src/ide/numbers/family.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

const efficientnet = stdlib['std/efficientnet'] as string;

const known = new Map<string, Analysis>();

/** One analysis a text and point: what is built for a hover serves the next. */
function analysisOf(text: string, scaling: ScalingRequest): Analysis {
  const key = JSON.stringify([text, scaling]);
  let analysis = known.get(key);
  if (!analysis) {
    const { ide, path } = openFixture(text);
    ide.setScaling(scaling);
    analysis = ide.analysis(path)!;
    while (measureNext(analysis));
    known.set(key, analysis);
  }
  return analysis;
}

/** The hover right before the first `mark` of a text. */
function hoverBefore(text: string, mark: string, scaling = {}): { markdown: string; covers: string } | undefined {
  const at = text.indexOf(mark);
  expect(at).toBeGreaterThanOrEqual(0);
  const found = hover(analysisOf(text, scaling), at);
  return found && { markdown: found.markdown, covers: text.slice(found.start, found.end) };
}

test.each([
  'w(80)',
  '| d(3)   | w(80)',
  'r(224)',
  '| b5 ',
  '| l2 ',
  'stages: MBConv',
  'se: 0.25',
  'MBConv(se',
  'silu, drop',
  'EfficientNet {',
  'tf  ',
  'scaling phi',
  'stride  | expand',
  'repeat |',
  'drop_path * index',
  'index /',
  '"std/blocks"',
  'Dropout(dropout',
  'timm  ',
])('at b5, before %s', (mark) => {
  expect(hoverBefore(efficientnet, mark, { variant: 'b5' })?.markdown).toMatchSnapshot();
});

test('the number of a call is told for the point that is chosen, over the range of the call', () => {
  expect(hoverBefore(efficientnet, 'd(3)', { variant: 'b5' })).toMatchObject({ covers: 'd(3)' });
  const text = (scaling: object) => hoverBefore(efficientnet, 'w(80)', scaling)?.markdown.split('\n')[0];
  expect(text({ variant: 'b5' })).toBe('**128** at b5: 80 x w 1.6 = 128, a multiple of 8');
  expect(text({})).toBe('**80** at defaults: 80 x w 1 = 80, a multiple of 8');
  expect(text({ phi: 2.5 })).toBe('**104** at phi 2.5: 80 x w 1.26906 = 101.525, to the nearest multiple of 8: 104');
});

test('the shares of the stages of a network sum to the whole', () => {
  const rows = ['d(1)   | w(16)', 'd(2)   | w(24)', 'd(2)   | w(40)', 'd(3)   | w(80)', 'd(3)   | w(112)'];
  const more = ['d(4)   | w(192)', 'd(1)   | w(320)', 'stem: Conv', 'head: Conv', 'classifier: '];
  const shares = [...rows, ...more].map((mark) => {
    const { markdown } = hoverBefore(efficientnet, mark, { variant: 'b3' })!;
    return Number(markdown.match(/\| parameters \|.*\| ([\d.]+) % \|/)?.[1]);
  });
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(100, 0);
});

const small = `/// Two convolutions.
block Pair(x, channels: int) {
  half = round(channels / 2, 8)
  return x -> first: Conv(half, 3) -> second: Conv(channels, kernel: 1)
}

model M {
  param wide: table = narrow
  table narrow {
    | channels |
    | w(20)    |
  }
  table other {
    | channels |
    | w(40)    |
  }
  input image: [3, 16, 16]
  stem: Pair(w(24)) -> last: Conv(8, 1) // duplicate-label is not a problem here
  stages: Pair { wide }
  return stages
}
`;

test('labels, local values and numbers of blocks are told too', () => {
  expect(hoverBefore(small, 'last: ')?.markdown).toMatchInlineSnapshot(`
    "Label **last**: parameters of this step are named \`stem.last…\`.

    At defaults: 8 × 16 × 16, 200 parameters (7.6 %), 49.2 k MACs (7.5 %)"
  `);
  expect(hoverBefore(small, 'half, 3')?.markdown).toContain('half = round(channels / 2, 8)');
  expect(hoverBefore(small, 'round(')?.markdown).toMatchInlineSnapshot(
    `"**16** at M defaults: 12 rounded to a multiple of 8: 16"`,
  );
  expect(hoverBefore(small, 'channels: int')?.markdown).toContain('parameter of Pair');
});

test('a table that is not part of the network says so', () => {
  expect(hoverBefore(small, 'w(20)')?.markdown).toContain('**stages.0** at defaults: Pair');
  expect(hoverBefore(small, 'w(40)')?.markdown).toBe('Not used at defaults: no part of the network comes from this');
});

test('a code is explained in a comment and where it is said', () => {
  const { markdown, covers } = hoverBefore(small, 'duplicate-label')!;
  expect(covers).toBe('duplicate-label');
  expect(markdown).toMatch(/^\*\*duplicate-label\*\* \(error\)\n\n/);
  const wrong = small.replace('half, 3', 'hallf, 3');
  const said = hoverBefore(wrong, 'hallf, 3')!;
  expect(said.covers).toBe('hallf');
  expect(said.markdown).toContain('**unknown-name** (error)');
});

test('blanks, ends of files and broken texts have no hover and do no harm', () => {
  expect(hoverBefore(small, '\n\nmodel')).toBeUndefined();
  for (const cut of [10, 60, 100, 150, 200, 260, 330, 400]) {
    const { analysis } = openFixture(small.slice(0, cut));
    for (let offset = 0; offset <= cut; offset += 3) hover(analysis, offset);
  }
});

test('a hover builds no family, but says that its table is not whole, until it was measured', () => {
  const { analysis, ide, path } = openFixture(efficientnet);
  const at = efficientnet.indexOf('| d(3)   | w(80)');
  expect(hover(analysis, at)).toMatchObject({ incomplete: true });
  let steps = 1;
  while (measureNext(analysis)) steps++;
  expect(steps).toBe(10);
  const whole = hover(analysis, at)!;
  expect(whole.incomplete).toBe(false);
  // what was measured serves after edits elsewhere
  ide.change(path, `// a comment\n\n${efficientnet}`);
  const later = hover(ide.analysis(path)!, at + '// a comment\n\n'.length);
  expect(later?.markdown).toBe(whole.markdown);
});

test.each([
  ['both: Unit(stem, 8)', true],
  ['both: Unit(8)', true],
  ['both: Joined(stem, body, 8)', true],
  ['both: Unit(stem, 8) {\n    | repeat |\n    | 2      |\n  }', true],
  // the second block's tensors are one of the chain and one that only the network tells
  ['both: stem -> Joined(body, 8)', false],
])('tensors given are tensors taken, in a hover on what follows them: %s', (section, isKnown) => {
  const text = `block Joined(a, b, channels: int) { return Concat(a, b) -> conv: Conv(channels, 1) }
block Unit(x, channels: int) { return x -> conv: Conv(channels, 3) }
model M {
  input image: [3, 32, 32]
  stem: Conv(8, 3)
  body: Conv(8, 3)
  ${section}
}
`;
  const at = text.indexOf('8)', text.indexOf('both:'));
  const found = hover(analysisOf(text, {}), at)?.markdown ?? '';
  expect(found.includes('channels: int')).toBe(isKnown);
});
