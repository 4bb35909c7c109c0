import { expect, test } from 'vitest';
import { codeLenses, resolveCodeLens } from '../../src/ide/features/code-lens.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

function lensesOf(text: string, scaling = {}) {
  const { ide, path } = openFixture(text);
  ide.setScaling(scaling);
  const analysis = ide.analysis(path)!;
  return codeLenses(analysis).map((lens) => {
    const { title, command, start, end } = resolveCodeLens(analysis, lens);
    return `${text.slice(start, end)}: ${title} -> ${Object.values(command).join(' ')}`;
  });
}

test('a model has its size and its commands above it, its variants one lens a member', () => {
  expect(lensesOf(stdlib['std/efficientnet'] as string, { variant: 'b5' })).toMatchInlineSnapshot(`
    [
      "EfficientNet: b5: 30.4 M parameters, 10.3 G MACs, 456 × 456 -> enet.selectScaling EfficientNet",
      "EfficientNet: Show graph -> enet.preview EfficientNet",
      "EfficientNet: Compile -> enet.compile EfficientNet",
      "variants: b0 5.29 M -> enet.selectScaling EfficientNet b0",
      "variants: b1 7.79 M -> enet.selectScaling EfficientNet b1",
      "variants: b2 9.11 M -> enet.selectScaling EfficientNet b2",
      "variants: b3 12.2 M -> enet.selectScaling EfficientNet b3",
      "variants: b4 19.3 M -> enet.selectScaling EfficientNet b4",
      "variants: ● b5 30.4 M -> enet.selectScaling EfficientNet b5",
      "variants: b6 43.0 M -> enet.selectScaling EfficientNet b6",
      "variants: b7 66.3 M -> enet.selectScaling EfficientNet b7",
      "variants: b8 87.4 M -> enet.selectScaling EfficientNet b8",
      "variants: l2 480 M -> enet.selectScaling EfficientNet l2",
    ]
  `);
});

test('listing the lenses builds no network', () => {
  const { analysis } = openFixture(stdlib['std/efficientnet'] as string);
  const network = () => expect.fail('a network was asked for');
  const lenses = codeLenses({ ...analysis, network });
  expect(lenses.filter((lens) => lens.title === undefined)).toHaveLength(11);
});

test('a model that cannot be built can still be put at another point', () => {
  const text = 'model M {\n  variants {\n    | name |\n    | a    |\n  }\n  input x: [3, 8, 8]\n  s: Nothing(\n}\n';
  expect(lensesOf(text)).toEqual([
    'M: Choose the point -> enet.selectScaling M',
    'M: Show graph -> enet.preview M',
    'M: Compile -> enet.compile M',
    'variants: a -> enet.selectScaling M a',
  ]);
});
